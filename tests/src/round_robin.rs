//! A reverse proxy without stickiness: each request goes to the next gateway, whatever connection it comes on.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use http::StatusCode;
use http_body_util::{Either, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running proxy. It is stopped when this is dropped.
pub struct RoundRobin {
    address: SocketAddr,
    gateways: Arc<Gateways>,
    serving: JoinHandle<()>,
}

struct Gateways {
    addresses: Vec<SocketAddr>,
    requests: AtomicUsize,
}

type Passed = Response<Either<Incoming, Empty<Bytes>>>;

impl RoundRobin {
    /// Starts it on a free port, in front of these gateways.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start(addresses: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let gateways = Arc::new(Gateways { addresses, requests: AtomicUsize::new(0) });
        let serving = tokio::spawn(serve(listener, gateways.clone()));
        Self { address, gateways, serving }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        self.gateways.requests.load(Relaxed)
    }
}

impl Drop for RoundRobin {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, gateways: Arc<Gateways>) {
    while let Ok((stream, _)) = listener.accept().await {
        let gateways = gateways.clone();
        tokio::spawn(async move {
            drop(stream.set_nodelay(true));
            let service = service_fn(move |request| pass(gateways.clone(), request));
            // How a connection ends is its client's affair.
            drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn pass(gateways: Arc<Gateways>, request: Request<Incoming>) -> Result<Passed, hyper::Error> {
    let next = gateways.requests.fetch_add(1, Relaxed) % gateways.addresses.len();
    let Ok(stream) = TcpStream::connect(gateways.addresses[next]).await else {
        let mut refused = Response::new(Either::Right(Empty::new()));
        *refused.status_mut() = StatusCode::BAD_GATEWAY;
        return Ok(refused);
    };
    drop(stream.set_nodelay(true));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async { drop(connection.await) });
    Ok(sender.send_request(request).await?.map(Either::Left))
}
