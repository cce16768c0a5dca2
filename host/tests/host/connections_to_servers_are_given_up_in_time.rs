//! A connection that a server closes while nothing uses it is no error of the next request.

use crate::app::{App, forwarding};
use crate::exchange::{accept, has_read_head, status, upstream};
use bobbin::{Host, RunningHost};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

async fn serving() -> (App, RunningHost, TcpListener) {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    (app, host, listener)
}

fn answer_with(stream: &mut TcpStream, lines: &str) {
    let response = format!("HTTP/1.1 203 OK\r\nContent-Length: 0\r\n{lines}\r\n");
    stream.write_all(response.as_bytes()).expect("an answer");
}

/// Answers a request, and gives the connection that it came on.
fn serve_one(listener: TcpListener, lines: &'static str) -> std::thread::JoinHandle<(TcpListener, TcpStream)> {
    std::thread::spawn(move || {
        let (mut stream, _) = accept(&listener);
        answer_with(&mut stream, lines);
        (listener, stream)
    })
}

/// Whether the second request comes on the connection of the first, after an answer with these lines and a pause.
async fn is_used_again(lines: &'static str, pause: Duration) -> bool {
    let (_app, host, listener) = serving().await;
    let first = serve_one(listener, lines);
    assert_eq!(status(host.address()).await, 203);
    let (listener, mut stream) = first.join().expect("an exchange");
    tokio::time::sleep(pause).await;
    let second = std::thread::spawn(move || {
        let again = has_read_head(&mut stream);
        if !again {
            stream = accept(&listener).0;
        }
        answer_with(&mut stream, "Connection: close\r\n");
        again
    });
    assert_eq!(status(host.address()).await, 203);
    second.join().expect("an exchange")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_whose_server_keeps_it_for_long_enough_is_used_again() {
    for lines in ["", "Keep-Alive: timeout=5\r\n", "Keep-Alive: max=100\r\n", "Keep-Alive: timeout=soon\r\n"] {
        assert!(is_used_again(lines, Duration::ZERO).await, "{lines}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_whose_server_closes_it_early_is_not() {
    for lines in ["Keep-Alive: timeout=2\r\n", "keep-alive: max=100, Timeout = \"1\"\r\n", "Connection: close\r\n"] {
        assert!(!is_used_again(lines, Duration::ZERO).await, "{lines}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_its_server_has_closed_is_replaced() {
    let (_app, host, mut listener) = serving().await;
    for _ in 0..5 {
        let served = serve_one(listener, "");
        assert_eq!(status(host.address()).await, 203);
        let (back, stream) = served.join().expect("an exchange");
        drop(stream);
        listener = back;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Before Node.js and uvicorn close theirs, after 5 s.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_nothing_has_used_for_long_is_not_used_again() {
    assert!(is_used_again("", Duration::from_secs(3)).await);
    assert!(!is_used_again("", Duration::from_millis(4_500)).await);
}
