//! The demonstration server (`crates/demo-server`) on an address that only this machine reaches.

use crate::host::is_loopback;
use crate::output::log;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// Connections that are open at the same time; more wait until one ends.
const MAX_CONNECTIONS: usize = 64;

/// How long to wait after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the demonstration server does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoServerError {
    /// Other machines could reach it.
    #[error("the demonstration server is for this machine only: listen on 127.0.0.1 or [::1] instead of {0}")]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("the demonstration server cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

/// A demonstration server that listens. It answers while [`serve`](Self::serve) is waited for.
#[derive(Debug)]
pub struct DemoServer {
    listener: TcpListener,
    address: SocketAddr,
}

impl DemoServer {
    /// Listens on a loopback address; port 0 takes a free one.
    pub async fn listen(address: SocketAddr) -> Result<Self, DemoServerError> {
        if !is_loopback(address) {
            return Err(DemoServerError::NotLoopback(address));
        }
        let failed = |source| DemoServerError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, demo_server::PATH)
    }

    /// Answers requests, for ever.
    pub async fn serve(self) -> Infallible {
        let mut connections = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                    Ok((stream, _)) => connections.push(connection(stream)),
                    Err(error) => {
                        log(format_args!("the demonstration server cannot accept a connection: {error}"));
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
                Some(()) = connections.next() => {}
            }
        }
    }
}

async fn connection(stream: TcpStream) {
    // Without it answers on kept connections would wait for delayed acknowledgements; they arrive all the same.
    let _ = stream.set_nodelay(true);
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service_fn(answer));
    // A client that goes away is no error of the server.
    let _ = connection.await;
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let response = match Limited::new(body, demo_server::MAX_BODY_BYTES).collect().await {
        Ok(body) => demo_server::answer(&head, &body.to_bytes()).await,
        Err(_) => demo_server::body_too_large(),
    };
    Ok(response.map(|body| Full::new(body.into())))
}
