//! Connections: accepting them, the requests on them, and closing them in good order.

use super::attendance::{AttendedBody, attend};
use super::instances::{Instances, LifetimeEnd};
use super::request_body::RequestBody;
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
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use wasmtime_wasi_http::handler::ProxyHandler;
use wasmtime_wasi_http::{Error, WasiBody};

/// How long to wait after a connection could not be accepted, for instance since too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long instances may take to end when the server has stopped.
const INSTANCES_GRACE: Duration = Duration::from_secs(1);

/// A server at work. Dropping it stops it at once.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Duration>>,
    task: JoinHandle<()>,
    instances: Option<LifetimeEnd>,
}

impl Server {
    /// Answers the requests that arrive at `listener`.
    pub fn start(listener: TcpListener, instances: Instances, end: LifetimeEnd) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, ProxyHandler::new(instances), stopped));
        Ok(Self { address, stop: Some(stop), task, instances: Some(end) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more connections, lets the requests under way finish for `grace`, and closes what is left.
    pub async fn stop(mut self, grace: Duration) {
        if let Some(stop) = self.stop.take()
            && stop.send(grace).is_ok()
        {
            // It ends in any case; an error would mean that it panicked, which has been printed.
            let _ = (&mut self.task).await;
        }
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

async fn serve(listener: TcpListener, handler: ProxyHandler<Instances>, mut stopped: oneshot::Receiver<Duration>) {
    let graceful = GracefulShutdown::new();
    let mut connections = tokio::task::JoinSet::new();
    let grace = loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, handler.clone(), graceful.watcher()));
                }
                Err(error) => {
                    eprintln!("bobbin: cannot accept a connection: {error}");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            grace = &mut stopped => break grace.unwrap_or_default(),
        }
    };
    drop(listener);
    // What is left after the grace period is closed without an answer.
    let _ = timeout(grace, graceful.shutdown()).await;
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, handler: ProxyHandler<Instances>, watcher: Watcher) {
    // Small exchanges on a kept connection would otherwise wait for delayed acknowledgements, up to 40 ms each.
    if let Err(error) = stream.set_nodelay(true) {
        eprintln!("bobbin: cannot set TCP_NODELAY: {error}");
    }
    let service = service_fn(move |request| answer(handler.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    // Errors are those of the connection: a client that left or that does not speak HTTP.
    let _ = watcher.watch(connection).await;
}

/// Hands a request to an instance. When the client leaves, the future is dropped, and the request is abandoned.
async fn answer(
    handler: ProxyHandler<Instances>,
    request: Request<Incoming>,
) -> Result<Response<AttendedBody>, Infallible> {
    let (attendance, ticket) = attend();
    let method = request.method().clone();
    let response = match absolute(request) {
        Ok(request) => handler.handle(ticket, request).await.unwrap_or_else(|error| {
            eprintln!("bobbin: a request got no response: {error:#}");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "the component failed; see the log of the host\n")
        }),
        Err(reason) => plain(StatusCode::BAD_REQUEST, reason),
    };
    Ok(AttendedBody::of(response, &method, attendance))
}

/// The request as WASI wants it: with scheme and authority (RFC 9112, section 3.3).
fn absolute(request: Request<Incoming>) -> Result<Request<WasiBody>, &'static str> {
    let (mut head, body) = request.into_parts();
    let mut uri = head.uri.into_parts();
    if uri.authority.is_none() {
        let host = head.headers.get(header::HOST).ok_or("the request has no Host header\n")?;
        uri.authority = Some(Authority::try_from(host.as_bytes()).map_err(|_| "the Host header is malformed\n")?);
    }
    uri.scheme = Some(Scheme::HTTP);
    head.uri = Uri::from_parts(uri).map_err(|_| "the request target is malformed\n")?;
    Ok(Request::from_parts(head, RequestBody::new(body).map_err(Error::Hyper).boxed_unsync()))
}

fn plain(status: StatusCode, text: &'static str) -> Response<WasiBody> {
    let mut response = Response::new(Full::from(text).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
