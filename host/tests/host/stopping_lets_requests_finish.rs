use crate::app::{App, computing, forwarding, waiting};
use crate::exchange::{accept, answer, ask, ask_malformed, upstream};
use bobbin::{ConnectionSettings, Host, RunningHost};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Longer than any test.
const NO_END_MS: u64 = 3_600_000;

/// A host whose component asks an upstream, and the upstream.
async fn forwarding_to_upstream(stop_grace_ms: u64) -> (App, RunningHost, TcpListener) {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let settings = ConnectionSettings { stop_grace_ms, ..Default::default() };
    let host = Host::builder(app.manifest()).connections(settings).start().await.expect("a host");
    (app, host, listener)
}

async fn until_nobody_listens(address: SocketAddr) {
    let start = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(20), "somebody still listens");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What comes until the connection ends, in whatever way.
fn rest_of(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_answered_and_new_connections_are_refused() {
    let (_app, host, listener) = forwarding_to_upstream(NO_END_MS).await;
    let address = host.address();
    let client = ask(address);
    let (mut under_way, _) = accept(&listener);
    let stopping = tokio::spawn(host.stop());
    until_nobody_listens(address).await;
    under_way.write_all(b"HTTP/1.1 203 OK\r\nContent-Length: 0\r\n\r\n").expect("an answer");
    assert_eq!(tokio::task::spawn_blocking(|| answer(client).0).await.expect("an exchange"), 203);
    stopping.await.expect("the host stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_does_not_end_holds_the_host_for_the_grace_period_only() {
    let (_app, host, listener) = forwarding_to_upstream(50).await;
    let client = ask(host.address());
    let _under_way = accept(&listener);
    host.stop().await;
    assert_eq!(rest_of(client), "", "the connection is closed without an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_events_that_a_client_has_opened_ends_at_once_and_in_good_order() {
    let (_app, host, listener) = forwarding_to_upstream(NO_END_MS).await;
    let client = ask(host.address());
    let (mut under_way, _) = accept(&listener);
    under_way
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: 1\n\r\n")
        .expect("an event");
    client.peek(&mut [0]).expect("the beginning of the answer");
    host.stop().await;
    let answer = rest_of(client);
    assert!(answer.ends_with("\r\n0\r\n\r\n"), "the last chunk: {answer}");
    assert!(matches!(under_way.read(&mut [0]), Ok(0)), "the upstream's connection is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_computes_does_not_hold_the_host_longer() {
    let app = App::serving(&computing(12_000), "");
    let settings = ConnectionSettings { stop_grace_ms: 50, ..Default::default() };
    let host = Host::builder(app.manifest()).connections(settings).start().await.expect("a host");
    let client = ask(host.address());
    // Connections are accepted in order.
    assert_eq!(answer(ask_malformed(host.address())).0, 400);
    host.stop().await;
    assert_eq!(rest_of(client), "", "it has not come to its answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_dropped_stops_listening() {
    let app = App::serving(&waiting(0), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let address = host.address();
    drop(host);
    until_nobody_listens(address).await;
}
