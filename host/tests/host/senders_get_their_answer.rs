//! A client that sends a body which its component does not read gets the answer all the same, and not a broken
//! connection.

use crate::app::{App, answering};
use bobbin::Host;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const MIB: usize = 1 << 20;

fn send_head(address: SocketAddr, body_bytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let head =
        format!("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {body_bytes}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("a head sent");
    stream
}

/// Sends a body to its end, and only then reads the status.
fn send_all(address: SocketAddr, body_bytes: usize) -> String {
    let mut stream = send_head(address, body_bytes);
    for _ in 0..body_bytes / MIB {
        stream.write_all(&vec![b'x'; MIB]).expect("the host takes the body");
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer, and no reset");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_body_that_nobody_read() {
    let app = App::serving(&answering(), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    for body_bytes in [MIB, 10 * MIB] {
        let address = host.address();
        let answer = tokio::task::spawn_blocking(move || send_all(address, body_bytes)).await.expect("an exchange");
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_stops_is_not_waited_for() {
    let app = App::serving(&answering(), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let address = host.address();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = send_head(address, 10 * MIB);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer and the end of the connection");
        answer
    });
    assert!(answer.await.expect("an exchange").starts_with("HTTP/1.1 200"));
}
