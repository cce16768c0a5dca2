//! HTTP by hand, for servers that do what no library would: one request on each connection.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// The headers of an answer in JSON, and in events.
pub const JSON: &str = "content-type: application/json";
pub const SSE: &str = "content-type: text/event-stream";

/// The body of a request as JSON; null when it is none.
pub async fn read_request(reading: &mut BufReader<OwnedReadHalf>) -> std::io::Result<Value> {
    Ok(read_request_with(reading).await?.1)
}

/// The same with the headers before it, their names in lower case.
pub async fn read_request_with(
    reading: &mut BufReader<OwnedReadHalf>,
) -> std::io::Result<(Vec<(String, String)>, Value)> {
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reading.read_line(&mut line).await? == 0 || line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
            if name == "content-length" {
                length = value.parse().unwrap_or_default();
            }
            headers.push((name, value));
        }
    }
    let mut body = vec![0; length];
    reading.read_exact(&mut body).await?;
    Ok((headers, serde_json::from_slice(&body).unwrap_or_default()))
}

/// A status line with headers; without a length, the end of the connection ends the body.
pub fn head(status: &str, headers: &[&str], length: Option<usize>) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = length.map_or_else(String::new, |length| format!("content-length: {length}\r\n"));
    format!("HTTP/1.1 {status}\r\n{headers}{length}connection: close\r\n\r\n")
}

/// Sends a whole answer.
pub async fn send(writing: &mut OwnedWriteHalf, status: &str, headers: &[&str], body: &str) -> std::io::Result<()> {
    let head = head(status, headers, Some(body.len()));
    writing.write_all(format!("{head}{body}").as_bytes()).await
}

/// Sends a body of no stated length, which the end of the connection ends.
pub async fn send_to_end(writing: &mut OwnedWriteHalf, content_type: &str, body: &str) -> std::io::Result<()> {
    let head = head("200 OK", &[content_type], None);
    writing.write_all(format!("{head}{body}").as_bytes()).await
}

/// Waits until the client has closed the connection.
pub async fn until_closed(reading: &mut BufReader<OwnedReadHalf>) -> std::io::Result<()> {
    while reading.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}
