//! What a client leaves undone ends in its own time, and others are served meanwhile.

use crate::app::{App, answering, forwarding};
use crate::exchange::{accept, answer, ask, connect, upstream};
use bobbin::{ConnectionSettings, Host, RunningHost};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn serving(app: &App, connections: ConnectionSettings) -> RunningHost {
    Host::builder(app.manifest()).connections(connections).start().await.expect("a host")
}

/// The first bytes of what comes, as text.
fn read_some(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let count = stream.read(&mut bytes).expect("an answer");
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

/// What comes until the host closes the connection.
fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("the end of the connection");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_ends_its_connection() {
    let app = App::serving(&answering(), "");
    let host = serving(&app, ConnectionSettings { first_head_timeout_ms: 100, ..Default::default() }).await;
    let mut slow = connect(host.address());
    slow.write_all(b"GET / HTTP/1.1\r\nHost: local").expect("the beginning of a head");
    assert_eq!(answer(ask(host.address())).0, 200, "others are served");
    assert_eq!(read_to_end(&mut slow), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_further_head_that_never_ends_ends_its_connection() {
    let app = App::serving(&answering(), "");
    let settings = ConnectionSettings { first_head_timeout_ms: 60_000, head_timeout_ms: 1_000, ..Default::default() };
    let host = serving(&app, settings).await;
    let mut slow = connect(host.address());
    slow.write_all(REQUEST).expect("a request sent");
    assert!(read_some(&mut slow).starts_with("HTTP/1.1 200"));
    slow.write_all(b"GET / HTTP/1.1\r\nHost: local").expect("the beginning of a head");
    let rest = read_to_end(&mut slow);
    assert!(!rest.contains("HTTP/1.1"), "no more than the end of the first answer: {rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_kept_for_nothing_is_closed() {
    let app = App::serving(&answering(), "");
    let host = serving(&app, ConnectionSettings { head_timeout_ms: 2_000, ..Default::default() }).await;
    let mut stream = connect(host.address());
    stream.write_all(REQUEST).expect("a request sent");
    assert!(read_to_end(&mut stream).starts_with("HTTP/1.1 200"), "one answer, and then the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_nobody_takes_is_given_up() {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = serving(&app, ConnectionSettings { write_timeout_ms: 100, ..Default::default() }).await;
    let _client = ask(host.address());
    let (mut stream, _) = accept(&listener);
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").expect("a head");
    // Until the instance is disposed of, which closes what it reads from.
    let error = loop {
        if let Err(error) = stream.write_all(&[b'x'; 1 << 16]) {
            break error.kind();
        }
    };
    assert!(matches!(error, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_too_large_is_refused() {
    let app = App::serving(&answering(), "");
    let host = serving(&app, ConnectionSettings::default()).await;
    let long = "x".repeat(ConnectionSettings::default().max_head_bytes);
    let requests = [
        format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Without-End: {long}"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-Many: x\r\n".repeat(101)),
    ];
    for request in requests {
        let mut stream = connect(host.address());
        stream.write_all(request.as_bytes()).expect("a request sent");
        let answer = read_some(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    assert_eq!(answer(ask(host.address())).0, 200);
}
