use crate::app::{App, forwarding};
use crate::exchange::{accept, answer, ask, upstream};
use bobbin::{ConnectionSettings, Host, InstanceSettings};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

/// Instances that have several requests at the same time.
fn shared() -> InstanceSettings {
    InstanceSettings { max_concurrent_requests: 16, ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_of_its_component_are_aborted() {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let client = ask(host.address());
    let (mut stream, _) = accept(&listener);

    drop(client);
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    let read = stream.read(&mut [0]);
    assert!(matches!(read, Ok(0)), "the upstream's connection is closed: {read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_requests_of_the_same_instance_go_on() {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).instances(shared()).start().await.expect("a host");
    let leaving = ask(host.address());
    let _leaving_upstream = accept(&listener);
    let staying = ask(host.address());
    let (mut staying_upstream, _) = accept(&listener);

    drop(leaving);
    tokio::time::sleep(Duration::from_millis(500)).await;
    staying_upstream.write_all(b"HTTP/1.1 203 OK\r\nContent-Length: 0\r\n\r\n").expect("an answer");
    assert_eq!(answer(staying).0, 203);
}

/// Two instances: the first has two requests and waits for more before the second, which has two as well. Then a client of
/// the first leaves, and what comes next is for the first one.
#[tokio::test(flavor = "multi_thread")]
async fn new_requests_are_taken_beside_abandoned_ones() {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let settings = InstanceSettings { max_concurrent_requests: 3, ..Default::default() };
    let host = Host::builder(app.manifest()).instances(settings).start().await.expect("a host");
    let begin = || (ask(host.address()), accept(&listener).0);
    let (leaving, _staying) = (begin(), begin());
    let (ending, mut end) = begin();
    let _fourth = begin();
    end.write_all(b"HTTP/1.1 203 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").expect("an answer");
    assert_eq!(answer(ending).0, 203);
    let _fifth = begin();
    drop(leaving.0);
    tokio::time::sleep(Duration::from_millis(200)).await;

    let _sixth = ask(host.address());
    let (arrived, arrival) = mpsc::channel();
    std::thread::spawn(move || arrived.send(accept(&listener)));
    arrival.recv_timeout(Duration::from_secs(5)).expect("it arrives");
}

/// Answers with a stream that says something now and then, until nobody takes it any more. Whether that came about.
fn streams_until_nobody_reads(stream: &mut TcpStream) -> bool {
    stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").expect("a head");
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if stream.write_all(b"2\r\n:\n\r\n").is_err() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// A stream of the host ends when the client has left in this way, though the instance is kept by another client.
async fn a_stream_ends_after(leaves: impl FnOnce(&mut TcpStream)) {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let connections = ConnectionSettings { write_timeout_ms: 500, ..Default::default() };
    let host =
        Host::builder(app.manifest()).connections(connections).instances(shared()).start().await.expect("a host");
    let staying = ask(host.address());
    let (mut staying_upstream, _) = accept(&listener);
    let mut leaving = ask(host.address());
    let (mut leaving_upstream, _) = accept(&listener);

    let streaming = std::thread::spawn(move || streams_until_nobody_reads(&mut leaving_upstream));
    let mut seen = Vec::new();
    while !seen.ends_with(b":\n") {
        let mut byte = [0];
        leaving.read_exact(&mut byte).expect("a stream");
        seen.push(byte[0]);
    }
    leaves(&mut leaving);
    assert!(streaming.join().expect("the upstream's thread"), "the upstream's connection is closed");
    staying_upstream.write_all(b"HTTP/1.1 203 OK\r\nContent-Length: 0\r\n\r\n").expect("an answer");
    assert_eq!(answer(staying).0, 203);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_its_client_closes_the_connection() {
    a_stream_ends_after(|client| client.shutdown(Shutdown::Both).expect("a connection closed")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_its_client_closes_its_half() {
    a_stream_ends_after(|client| client.shutdown(Shutdown::Write).expect("half a connection closed")).await;
}

/// What it sent after its request is never read, so its end is not seen; what it is sent is refused by its system.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_its_client_closes_after_another_request() {
    a_stream_ends_after(|client| {
        client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("another request");
        client.shutdown(Shutdown::Both).expect("a connection closed");
    })
    .await;
}

/// Its system drops everything that arrives, and answers nothing.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_its_client_vanishes() {
    /// "Return 0" of classic BPF: of what arrives, nothing is kept.
    const NOTHING: socket2::SockFilter = socket2::SockFilter::new(0x06, 0, 0, 0);
    a_stream_ends_after(|client| socket2::SockRef::from(&*client).attach_filter(&[NOTHING]).expect("a filter")).await;
}
