//! HTTP by hand: the tests look at connections, which a client would hide.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// Opens a connection and sends a GET request on it.
pub fn ask(address: SocketAddr) -> TcpStream {
    ask_for(address, "/", "")
}

/// The same for a path, with further lines in the head.
pub fn ask_for(address: SocketAddr, path: &str, lines: &str) -> TcpStream {
    let mut stream = connect(address);
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n");
    stream.write_all(request.as_bytes()).expect("a request sent");
    stream
}

/// Opens a connection on which nothing waits for ever.
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

/// Opens a connection and sends a request that the host answers by itself, with 400.
pub fn ask_malformed(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").expect("a request sent");
    stream
}

/// The status of the response, and all of the response.
pub fn answer(mut stream: TcpStream) -> (u16, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("a response");
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, text)
}

/// Whether something of the response is there.
pub fn has_answer(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("a mode");
    let is_there = stream.peek(&mut [0]).is_ok();
    stream.set_nonblocking(false).expect("a mode");
    is_there
}

/// Sends a GET request; the status of its response.
pub async fn status(address: SocketAddr) -> u16 {
    tokio::task::spawn_blocking(move || answer(ask(address)).0).await.expect("an exchange")
}

/// A server on a free port that never accepts what the system accepts for it.
pub fn upstream() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Accepts a connection and reads the head of a request from it.
pub fn accept(listener: &TcpListener) -> (TcpStream, String) {
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let head = read_head(&mut stream);
    (stream, head)
}

/// Reads the head of a request.
fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("the head of a request");
        head.push(byte[0]);
    }
    String::from_utf8(head).expect("a head in ASCII")
}

/// Reads the head of the next request on a connection; `false` when it is closed instead.
pub fn has_read_head(stream: &mut TcpStream) -> bool {
    let is_open = stream.peek(&mut [0]).is_ok_and(|bytes| bytes > 0);
    if is_open {
        read_head(stream);
    }
    is_open
}
