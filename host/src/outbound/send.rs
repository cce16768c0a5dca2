//! `wasi:http/client@0.3.0`: what a component's request becomes.

use super::allowed_hosts::{Permission, entry_for};
use super::client::closes_early;
use super::{AllowedHosts, Client, Networks, Prohibited};
use crate::output::log;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep, timeout};
use upstream_address::PUBLIC_ONLY_HEADER;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

/// How many denied origins are remembered, so that each is warned about once.
const MAX_REMEMBERED: usize = 1024;

/// What an answer and the rest of its exchange become.
type Sent = Result<(Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

/// The way out for the requests of an application's components.
#[derive(Clone)]
pub(crate) struct Outbound {
    client: Client,
    allowed: Arc<AllowedHosts>,
    networks: Networks,
    /// Id of the component in whose manifest section the allowed hosts are.
    component: Arc<str>,
    warned: Arc<Mutex<BTreeSet<String>>>,
}

impl Outbound {
    pub fn new(client: Client, allowed: AllowedHosts, networks: Networks, component: &str) -> Self {
        Self { client, allowed: Arc::new(allowed), networks, component: component.into(), warned: Arc::default() }
    }

    /// Says once for each origin which entry would allow it.
    fn warn_denied(&self, uri: &Uri) {
        let entry = entry_for(uri);
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.len() < MAX_REMEMBERED && warned.insert(entry.clone()) {
            log(format_args!(
                "a request to {entry} was denied: add \"{entry}\" to `allowed_outbound_hosts` in [component.{}] to allow it",
                self.component
            ));
        }
    }
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let Some(permission) = self.allowed.permission(request.uri()) else {
            self.warn_denied(request.uri());
            return Box::new(async { Err(Error::HttpRequestDenied) });
        };
        let mut request = request;
        let networks = match (request.headers_mut().remove(PUBLIC_ONLY_HEADER), permission) {
            // The component's own word, for a server that somebody else named.
            (Some(_), _) => Networks::Public,
            // Who names a host in the manifest knows where it is.
            (None, Permission::Named) => Networks::All,
            (None, Permission::Wildcard) => self.networks,
        };
        if !networks.may_have(request.uri()) {
            return Box::new(async { Err(Error::DestinationIpProhibited) });
        }
        let connection = capture_connection(&mut request);
        let response = self.client.request(request, networks);
        Box::new(async move {
            let options = options.unwrap_or_default();
            let response = in_time(response, connection.clone(), &options).await?;
            if closes_early(response.headers())
                && let Some(connected) = connection.connection_metadata().as_ref()
            {
                // It is not used again.
                connected.poison();
            }
            let between_bytes = options.between_bytes_timeout;
            let response = response.map(|body| ResponseBody::new(body, between_bytes).boxed_unsync());
            // The client drives the connection by itself; nothing of the exchange is left to be done here.
            let rest: Box<dyn Future<Output = _> + Send> = Box::new(async { Ok(()) });
            Ok((response, rest))
        })
    }
}

/// The head of the response, if there is a connection in time, and then a first byte.
async fn in_time(
    response: impl Future<Output = Result<Response<Incoming>, legacy::Error>>,
    mut connection: CaptureConnection,
    options: &RequestOptions,
) -> Result<Response<Incoming>, Error> {
    let mut response = pin!(response);
    if let Some(limit) = options.connect_timeout {
        tokio::select! {
            // A response that is there counts, however it came to be.
            biased;
            response = &mut response => return response.map_err(|error| request_error(&error)),
            connected = timeout(limit, connection.wait_for_connection_metadata()) => {
                connected.map_err(|_| Error::ConnectionTimeout)?;
            }
        }
    }
    let response = match options.first_byte_timeout {
        Some(limit) => timeout(limit, response).await.map_err(|_| Error::ConnectionReadTimeout)?,
        None => response.await,
    };
    response.map_err(|error| request_error(&error))
}

/// The error code for a request that got no response.
fn request_error(error: &legacy::Error) -> Error {
    // An error of the component's own request body.
    if let Some(Error::HttpRequestBodySize(size)) = cause_of(error) {
        return Error::HttpRequestBodySize(*size);
    }
    if let Some(error) = cause_of(error) {
        return tls_error(error);
    }
    if cause_of::<Prohibited>(error).is_some() {
        return Error::DestinationIpProhibited;
    }
    // The innermost one, since connectors wrap what went wrong.
    let io_error = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last();
    match io_error.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => Error::ConnectionRefused,
        Some(io::ErrorKind::TimedOut) => Error::ConnectionTimeout,
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => Error::DestinationIpUnroutable,
        Some(_) if !error.is_connect() => Error::ConnectionTerminated,
        // Names are resolved by the system, which tells only that it failed.
        Some(_) if causes(error).any(|cause| cause.to_string().starts_with("dns error")) => {
            Error::DnsError { rcode: None, info_code: None }
        }
        Some(_) => Error::DestinationUnavailable,
        None => match cause_of::<hyper::Error>(error) {
            Some(error) if error.is_incomplete_message() || error.is_canceled() => Error::ConnectionTerminated,
            _ => Error::HttpProtocolError,
        },
    }
}

fn tls_error(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(_) => Error::TlsCertificateError,
        rustls::Error::AlertReceived(alert) => {
            Error::TlsAlertReceived { alert_id: Some(u8::from(*alert)), alert_message: Some(format!("{alert:?}")) }
        }
        _ => Error::TlsProtocolError,
    }
}

/// The nearest cause of `error` that is a `T`.
fn cause_of<T: StdError + 'static>(error: &dyn StdError) -> Option<&T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// What caused `error`, nearest first.
fn causes(error: &dyn StdError) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            // An I/O error that wraps another does not name it as its source.
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        }
    })
}

/// The body of a response, as it arrives.
struct ResponseBody {
    body: Incoming,
    between_bytes: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl ResponseBody {
    fn new(body: Incoming, between_bytes: Option<Duration>) -> Self {
        Self { body, between_bytes: between_bytes.map(|limit| (limit, Box::pin(sleep(limit)))) }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(frame) => {
                if let Some((limit, timer)) = &mut this.between_bytes {
                    timer.as_mut().reset(Instant::now() + *limit);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(body_error)))
            }
            Poll::Pending => match &mut this.between_bytes {
                None => Poll::Pending,
                Some((_, timer)) => {
                    ready!(timer.as_mut().poll(context));
                    Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
                }
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn body_error(error: hyper::Error) -> Error {
    match error.is_incomplete_message() || error.is_closed() {
        true => Error::HttpResponseIncomplete,
        false => Error::Hyper(error),
    }
}
