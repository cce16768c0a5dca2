use crate::app::{App, forwarding_within};
use crate::exchange::{status, upstream};
use bobbin::Host;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio::net::TcpSocket;

/// Positions in the variant `error-code` of `wasi:http/types@0.3.0`, after 500.
const CONNECTION_TIMEOUT: u16 = 508;
const CONNECTION_READ_TIMEOUT: u16 = 509;

const SHORT_MS: u64 = 200;
const LONG_MS: u64 = 60_000;

async fn outcome(upstream: SocketAddr, connect_ms: u64, first_byte_ms: u64) -> u16 {
    let module = forwarding_within(&upstream.to_string(), connect_ms, first_byte_ms);
    let app = App::serving(&module, "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    status(host.address()).await
}

/// Nobody accepts, so that no connection comes about once the queue is full.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn where_no_connection_comes() {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let listener = socket.listen(1).expect("a listener");
    let upstream = listener.local_addr().expect("an address");
    let mut queued = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&upstream, Duration::from_millis(500)) {
        queued.push(stream);
    }
    assert_eq!(outcome(upstream, SHORT_MS, LONG_MS).await, CONNECTION_TIMEOUT);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_answer_comes() {
    let (_listener, upstream) = upstream();
    assert_eq!(outcome(upstream, LONG_MS, SHORT_MS).await, CONNECTION_READ_TIMEOUT);
    assert_eq!(outcome(upstream, SHORT_MS, 5 * SHORT_MS).await, CONNECTION_READ_TIMEOUT, "there was a connection");
}
