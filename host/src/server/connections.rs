//! Connections: accepting them, the requests on them, and closing them in good order.

use super::acceptor::Acceptor;
use super::attendance::{AttendedBody, Stopping, attend};
use super::client_stream::ClientStream;
use super::connection_settings::ConnectionSettings;
use super::instances::{Instances, LifetimeEnd};
use super::request_body::RequestBody;
use crate::output::log;
use futures::FutureExt;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::ProxyHandler;

/// The smallest buffer of a connection that hyper takes.
const MIN_BUFFER_BYTES: usize = 8 << 10;

/// How long instances may take to end when the server has stopped.
const INSTANCES_GRACE: Duration = Duration::from_secs(1);

/// A server at work. Dropping it stops it at once.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    instances: Option<LifetimeEnd>,
}

impl Server {
    /// Answers the requests that arrive at `listener`.
    pub fn start(
        listener: TcpListener,
        settings: ConnectionSettings,
        instances: Instances,
        end: LifetimeEnd,
    ) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let stopping = stopped.map(|_| ()).boxed().shared();
        let service = Service { handler: ProxyHandler::new(instances), settings, stopping };
        let task = tokio::spawn(serve(listener, service));
        Ok(Self { address, stop: Some(stop), task, instances: Some(end) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more connections, ends the streams of events that clients have opened, lets other requests under way
    /// finish for the grace period, and closes what is left.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // It ends in any case; an error would mean that it panicked, which has been printed.
        let _ = (&mut self.task).await;
        if let Some(instances) = self.instances.take() {
            // One that computes cannot be ended before it yields.
            let _ = timeout(INSTANCES_GRACE, instances.end()).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What each connection needs.
#[derive(Clone)]
struct Service {
    handler: ProxyHandler<Instances>,
    settings: ConnectionSettings,
    stopping: Stopping,
}

async fn serve(listener: TcpListener, service: Service) {
    let graceful = GracefulShutdown::new();
    let mut connections = tokio::task::JoinSet::new();
    let mut acceptor = Acceptor::new(listener, service.settings);
    loop {
        tokio::select! {
            (stream, place) = acceptor.accept() => {
                let connection = connection(stream, service.clone(), graceful.watcher());
                connections.spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Some(_) = connections.join_next() => {}
            () = service.stopping.clone() => break,
        }
    }
    drop(acceptor);
    // What is left after the grace period is closed without an answer.
    let _ = timeout(service.settings.stop_grace(), graceful.shutdown()).await;
    connections.shutdown().await;
}

async fn connection(stream: ClientStream, service: Service, watcher: Watcher) {
    let settings = service.settings;
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.head_timeout())
        .max_header_size(settings.max_head_bytes)
        // A head that is not there as a whole takes no more either.
        .max_buf_size(settings.max_head_bytes.max(MIN_BUFFER_BYTES))
        .serve_connection(TokioIo::new(stream), service_fn(move |request| answer(service.clone(), request)));
    // Errors are those of the connection: a client that left, that does not speak HTTP, or that is too slow.
    let _ = watcher.watch(connection).await;
}

/// Hands a request to an instance. When the client leaves, the future is dropped, and the request is abandoned.
async fn answer(service: Service, request: Request<Incoming>) -> Result<Response<AttendedBody>, Infallible> {
    let (attendance, ticket) = attend();
    let method = request.method().clone();
    let response = match absolute(request, service.settings.body_timeout()) {
        Ok(request) => service.handler.handle(ticket, request).await.unwrap_or_else(|error| {
            log(format_args!("a request got no response: {error:#}"));
            plain(StatusCode::INTERNAL_SERVER_ERROR, "the component failed; see the log of the host\n")
        }),
        Err(reason) => plain(StatusCode::BAD_REQUEST, reason),
    };
    Ok(AttendedBody::of(response, &method, attendance, service.stopping))
}

/// The request as WASI wants it: with scheme and authority (RFC 9112, section 3.3).
fn absolute(request: Request<Incoming>, body_timeout: Duration) -> Result<Request<WasiBody>, &'static str> {
    let (mut head, body) = request.into_parts();
    let mut uri = head.uri.into_parts();
    if uri.authority.is_none() {
        let host = head.headers.get(header::HOST).ok_or("the request has no Host header\n")?;
        uri.authority = Some(Authority::try_from(host.as_bytes()).map_err(|_| "the Host header is malformed\n")?);
    }
    uri.scheme = Some(Scheme::HTTP);
    head.uri = Uri::from_parts(uri).map_err(|_| "the request target is malformed\n")?;
    Ok(Request::from_parts(head, RequestBody::new(body, body_timeout).boxed_unsync()))
}

fn plain(status: StatusCode, text: &'static str) -> Response<WasiBody> {
    let mut response = Response::new(Full::from(text).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
