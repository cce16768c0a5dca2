//! The way of a request: whether it may be under way, when it gets an instance, and what is answered.

use super::admission::Admissions;
use super::caller::{Caller, Callers, Peer};
use super::connection_settings::{ConnectionSettings, share};
use super::connection_table::Connection;
use super::host_header;
use super::instance_permits::InstancePermits;
use super::instance_pool::{Assignment, InstancePool, Permit};
use super::overrun::{self, KeptBody};
use super::refusal::Refusal;
use super::request_body::RequestBody;
use super::request_kind::RequestKind;
use super::request_liveness::{RequestHandle, Shutdown, track};
use super::response_body::{Admitted, RequestUnderWay, ResponseBody};
use crate::output::log;
use futures::channel::oneshot;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use wasmtime_wasi_http::WasiBody;

/// Instances that are kept for requests for the gateway's health.
const RESERVED_INSTANCES: usize = 1;

/// What each request needs.
#[derive(Clone)]
pub(super) struct Requests {
    pool: InstancePool,
    settings: ConnectionSettings,
    callers: Callers,
    admissions: Admissions,
    permits: InstancePermits,
    health_checks: Arc<Semaphore>,
    reserved: Arc<Semaphore>,
    shutdown: Shutdown,
}

impl Requests {
    pub fn new(pool: InstancePool, settings: ConnectionSettings, shutdown: Shutdown) -> Self {
        let instances = pool.settings();
        let per_caller = share(instances.max_instances, instances.caller_share_percent);
        let requests_per_instance = instances.max_concurrent_requests;
        Self {
            pool,
            settings,
            callers: Callers::default(),
            admissions: Admissions::new(settings.admission_limits()),
            permits: InstancePermits::new(
                instances.max_instances * requests_per_instance,
                per_caller * requests_per_instance,
            ),
            health_checks: Arc::new(Semaphore::new(settings.max_health_checks())),
            reserved: Arc::new(Semaphore::new(RESERVED_INSTANCES)),
            shutdown,
        }
    }

    /// Waits until the server stops.
    pub async fn shutdown(&self) {
        self.shutdown.clone().await;
    }

    /// Answers a request. When the client leaves, the future is dropped, and the request is abandoned.
    pub async fn answer(
        self,
        connection: Arc<Connection>,
        request: Request<Incoming>,
    ) -> Result<Response<ResponseBody>, Infallible> {
        let (client, handle) = track();
        let (method, peer) = (request.method().clone(), connection.peer());
        let body = KeptBody::of(&method, request.headers());
        let mut under_way = RequestUnderWay { client, body, admitted: None, connection: connection.begin_request() };
        let response = match self.respond(handle, &mut under_way, peer, request).await {
            Ok(response) => response,
            Err(refusal) => refusal.response().map(whole),
        };
        let limit = self.compute_limit();
        Ok(ResponseBody::of(response, &method, under_way, self.shutdown, limit))
    }

    async fn respond(
        &self,
        handle: RequestHandle,
        under_way: &mut RequestUnderWay,
        peer: Peer,
        request: Request<Incoming>,
    ) -> Result<Response<WasiBody>, Refusal> {
        if under_way.connection.is_none() {
            return Err(Refusal::Evicted);
        }
        let request = absolute(request)?;
        let (kind, caller) = (RequestKind::of(&request), self.callers.caller(request.headers(), peer));
        under_way.admitted = Some(self.admit(kind, caller, peer)?);
        let permit = self.permit(kind, caller).await?;
        let (timeout, kept) = (self.settings.body_timeout(), under_way.body.clone());
        let request = request.map(|body| RequestBody::new(body, timeout, kept).boxed_unsync());
        let (answer, answered) = oneshot::channel();
        self.pool.assign(Assignment { request, kind, handle, permit, answer });
        match answered.await {
            Ok(Ok(response)) => Ok(response),
            _ if under_way.client.overran() => {
                Ok(overrun::response(under_way.body.as_ref(), self.compute_limit()).map(whole))
            }
            Ok(Err(error)) => {
                log(format_args!("a request got no response: {error:#}"));
                Err(Refusal::Failed)
            }
            // The instance has trapped, which it logs.
            Err(oneshot::Canceled) => Err(Refusal::Failed),
        }
    }

    fn admit(&self, kind: RequestKind, caller: Caller, peer: Peer) -> Result<Admitted, Refusal> {
        if kind == RequestKind::Health {
            let permit = self.health_checks.clone().try_acquire_owned().map_err(|_| Refusal::HealthChecks)?;
            return Ok(Admitted::HealthCheck { _permit: permit });
        }
        let admission = self.admissions.admit(caller, peer).map_err(Refusal::Admission)?;
        Ok(Admitted::Shared { _admission: admission })
    }

    async fn permit(&self, kind: RequestKind, caller: Caller) -> Result<Permit, Refusal> {
        let limit = Duration::from_millis(self.pool.settings().queue_timeout_ms);
        let permit = if kind == RequestKind::Health {
            let reserved = timeout(limit, self.reserved.clone().acquire_owned()).await;
            reserved.ok().and_then(Result::ok).map(|permit| Permit::Reserved { _permit: permit })
        } else {
            self.permits.acquire(caller, limit).await.ok().map(|permit| Permit::Shared { _permit: permit })
        };
        permit.ok_or(Refusal::NoInstance { waited: limit })
    }

    fn compute_limit(&self) -> Duration {
        self.pool.instances().compute_limit()
    }
}

/// The request as WASI wants it: with scheme and authority (RFC 9112, section 3.3).
fn absolute(request: Request<Incoming>) -> Result<Request<Incoming>, Refusal> {
    let (mut head, body) = request.into_parts();
    host_header::check(&head).map_err(Refusal::Malformed)?;
    let mut uri = head.uri.into_parts();
    if uri.authority.is_none() {
        let host = head.headers.get(header::HOST).ok_or(Refusal::Malformed("the request has no Host header"))?;
        let authority = Authority::try_from(host.as_bytes());
        uri.authority = Some(authority.map_err(|_| Refusal::Malformed("the Host header is malformed"))?);
    }
    uri.scheme = Some(Scheme::HTTP);
    head.uri = Uri::from_parts(uri).map_err(|_| Refusal::Malformed("the request target is malformed"))?;
    Ok(Request::from_parts(head, body))
}

fn whole(text: String) -> WasiBody {
    Full::from(text).map_err(|never| match never {}).boxed_unsync()
}
