//! Reads an answer in server-sent events as it comes (HTML, "Server-sent events"), and can leave in the middle of it.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::client::HEADERS;

/// An answer that is still coming. Dropping it closes the connection.
pub struct Events {
    stream: BufReader<TcpStream>,
    /// The head of the response, its lines in lower case.
    head: Vec<String>,
}

impl Events {
    /// Posts a JSON-RPC message to `/mcp` and reads the head of the response.
    ///
    /// # Panics
    /// When there is no response.
    pub async fn post(address: SocketAddr, message: &Value) -> Self {
        let body = message.to_string();
        let mut request = format!("POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in HEADERS {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("connection: close\r\n\r\n");
        request.push_str(&body);
        let mut stream = TcpStream::connect(address).await.expect("the gateway accepts connections");
        stream.write_all(request.as_bytes()).await.expect("the gateway reads");
        let mut events = Self { stream: BufReader::new(stream), head: Vec::new() };
        while let Some(line) = events.line().await.filter(|line| !line.is_empty()) {
            events.head.push(line.to_ascii_lowercase());
        }
        events
    }

    /// Whether it is a stream of events.
    pub fn is_stream(&self) -> bool {
        self.head.iter().any(|line| line.starts_with("content-type: text/event-stream"))
    }

    /// The next message; `None` at the end.
    ///
    /// # Panics
    /// When an event holds no JSON.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let line = self.line().await?;
            if let Some(data) = line.strip_prefix("data:") {
                return Some(serde_json::from_str(data).unwrap_or_else(|error| panic!("{error} in {data:?}")));
            }
        }
    }

    /// All messages that are still to come.
    pub async fn rest(mut self) -> Vec<Value> {
        let mut messages = Vec::new();
        while let Some(message) = self.next().await {
            messages.push(message);
        }
        messages
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line).await {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
        }
    }
}
