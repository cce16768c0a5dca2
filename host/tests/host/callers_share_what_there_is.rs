//! No client takes all connections: not with requests that stay, and not with those that never come.

use crate::app::{App, by_path};
use crate::exchange::{answer, ask, ask_for, connect, has_answer};
use bobbin::{ConnectionSettings, Host, InstanceSettings, RunningHost};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::Duration;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HALF_A_HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: local";

/// 16 connections, of which 14 may have a request under way: 7 of one caller, 10 from one address.
async fn serving(app: &App) -> RunningHost {
    let connections = ConnectionSettings { max_connections: 16, ..Default::default() };
    // Each answers 200.
    let instances = InstanceSettings { max_requests: 1, ..Default::default() };
    Host::builder(app.manifest()).connections(connections).instances(instances).start().await.expect("a host")
}

fn wait_as(address: SocketAddr, key: &str) -> TcpStream {
    let client = ask_for(address, "/wait", &format!("Authorization: Bearer {key}\r\n"));
    // It is there before the next one.
    sleep(Duration::from_millis(20));
    client
}

/// Sends a request on a connection that is kept; the status of the response.
fn exchange(stream: &mut TcpStream) -> Option<u16> {
    stream.write_all(REQUEST).ok()?;
    let mut response = Vec::new();
    // The last chunk of a body that has none.
    while !response.ends_with(b"\r\n0\r\n\r\n") {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).ok().filter(|count| *count > 0)?;
        response.extend_from_slice(&bytes[..count]);
    }
    String::from_utf8_lossy(&response).split(' ').nth(1)?.parse().ok()
}

fn is_healthy(host: &RunningHost) -> bool {
    answer(ask_for(host.address(), "/healthz", "")).0 == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn half_heads_push_out_each_other_and_nobody_else() {
    let app = App::serving(&by_path(), "");
    let host = serving(&app).await;
    let mut kept = connect(host.address());
    assert_eq!(exchange(&mut kept), Some(200));
    let mut half: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut client = connect(host.address());
            client.write_all(HALF_A_HEAD).expect("half a head");
            client
        })
        .collect();
    assert!(is_healthy(&host));
    assert_eq!(answer(ask(host.address())).0, 200);
    assert!(exchange(&mut kept).is_some_and(|status| status == 200), "one that has sent a request stays");
    let mut last = half.pop().expect("one of them");
    last.write_all(b"host\r\nConnection: close\r\n\r\n").expect("the rest of the head");
    assert_eq!(answer(last).0, 200, "the newest has not been closed");
    let is_closed = |mut client: TcpStream| matches!(client.read(&mut [0]), Ok(0) | Err(_));
    assert!(half.into_iter().take(30).all(is_closed), "the oldest have");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_wait_make_room_for_new_ones() {
    let app = App::serving(&by_path(), "");
    let host = serving(&app).await;
    let mut kept: Vec<TcpStream> = (0..16)
        .map(|_| {
            let mut client = connect(host.address());
            assert!(exchange(&mut client).is_some());
            client
        })
        .collect();
    assert!(is_healthy(&host));
    assert_eq!(exchange(&mut kept[0]), None, "the oldest has been closed");
    assert!(exchange(&mut kept[15]).is_some(), "the newest has not");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_has_half_of_the_requests() {
    let app = App::serving(&by_path(), "");
    let host = serving(&app).await;
    let clients: Vec<TcpStream> = (0..16).map(|_| wait_as(host.address(), "a")).collect();
    let refused: Vec<(u16, String)> =
        clients.iter().skip(7).map(|client| answer(client.try_clone().expect("it"))).collect();
    for (status, text) in refused {
        assert_eq!(status, 429, "{text}");
        assert!(text.to_lowercase().contains("retry-after: ") && text.contains("this caller"), "{text}");
    }
    assert!(clients.iter().take(7).all(|client| !has_answer(client)));
    assert_eq!(answer(ask(host.address())).0, 200, "without a key");
    assert_eq!(answer(ask_for(host.address(), "/", "Authorization: Bearer b\r\n")).0, 200, "with another key");
    assert!(is_healthy(&host));
    // What has ended is no longer counted.
    drop(clients);
    sleep(Duration::from_millis(500));
    assert_eq!(answer(ask_for(host.address(), "/", "Authorization: Bearer a\r\n")).0, 200);
}

/// Whoever shows no key is told by the address.
#[tokio::test(flavor = "multi_thread")]
async fn one_address_without_a_key_has_half_of_the_requests() {
    let app = App::serving(&by_path(), "");
    let host = serving(&app).await;
    let _waiting: Vec<TcpStream> = (0..7)
        .map(|_| {
            let client = ask_for(host.address(), "/wait", "");
            sleep(Duration::from_millis(20));
            client
        })
        .collect();
    assert_eq!(answer(ask(host.address())).0, 429);
    assert_eq!(answer(ask_for(host.address(), "/", "Authorization: Bearer a\r\n")).0, 200);
    assert!(is_healthy(&host));
}

#[cfg(target_os = "linux")]
fn ask_from(from: [u8; 4], address: SocketAddr, path: &str, key: &str) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((from, 0)).into()).expect("an address of this machine");
    socket.connect(&address.into()).expect("a connection");
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("a request sent");
    sleep(Duration::from_millis(20));
    stream
}

/// All of 127.0.0.0/8 is this machine.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_three_quarters_whatever_keys_it_shows() {
    let app = App::serving(&by_path(), "");
    let host = serving(&app).await;
    let address = host.address();
    let wait_from = |last, number: usize| ask_from([127, 0, 0, last], address, "/wait", &format!("{last}-{number}"));
    let mut waiting: Vec<TcpStream> = (0..10).map(|number| wait_from(1, number)).collect();
    let (status, text) = answer(ask_from([127, 0, 0, 1], address, "/", "another"));
    assert_eq!(status, 429, "{text}");
    assert!(text.contains("from this address"), "{text}");
    assert_eq!(answer(ask_from([127, 0, 0, 2], address, "/", "another")).0, 200);
    // The rest of what there is.
    waiting.extend((0..4).map(|number| wait_from(2, number)));
    let (status, text) = answer(ask_from([127, 0, 0, 3], address, "/", "another"));
    assert_eq!(status, 503, "{text}");
    assert!(is_healthy(&host), "of the same address");
    assert!(waiting.iter().all(|client| !has_answer(client)));
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_can_be_changed() {
    let app = App::serving(&by_path(), "");
    let connections = ConnectionSettings {
        max_connections: 16,
        caller_share_percent: 100,
        address_share_percent: 100,
        ..Default::default()
    };
    let instances = InstanceSettings { caller_share_percent: 100, ..Default::default() };
    let host =
        Host::builder(app.manifest()).connections(connections).instances(instances).start().await.expect("a host");
    let clients: Vec<TcpStream> = (0..14).map(|_| wait_as(host.address(), "a")).collect();
    sleep(Duration::from_millis(200));
    assert!(clients.iter().all(|client| !has_answer(client)));
    assert_eq!(answer(ask(host.address())).0, 503);
    assert!(is_healthy(&host));
}
