//! Reads an answer in server-sent events as it comes (HTML, "Server-sent events"), and can leave in the middle of it.

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::client::HEADERS;
use crate::http::{Connection, Error};

/// An answer that is still coming. Dropping it closes the connection.
pub struct Events {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    body: Incoming,
    read: BytesMut,
}

impl Events {
    /// Posts a JSON-RPC message to `/mcp` and reads the head of the response.
    ///
    /// # Panics
    /// When there is no response.
    pub async fn post(address: SocketAddr, message: &Value) -> Self {
        Self::open(address, "POST", "/mcp", &HEADERS, message.to_string()).await.expect("the gateway answers")
    }

    /// Sends a request, on a connection of its own, and reads the head of the response.
    ///
    /// # Errors
    /// When the connection breaks before the head is whole.
    pub async fn open(
        address: SocketAddr,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<String>,
    ) -> Result<Self, Error> {
        let mut connection = Connection::open(address).await?;
        let (parts, body) = connection.begin(method, path, headers, body.into()).await?.into_parts();
        Ok(Self { status: parts.status, headers: parts.headers, body, read: BytesMut::new() })
    }

    /// Whether it is a stream of events.
    pub fn is_stream(&self) -> bool {
        self.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
    }

    /// The next bytes, whatever they are; `None` at the end.
    ///
    /// # Errors
    /// When it breaks off.
    pub async fn chunk(&mut self) -> Option<Result<Bytes, hyper::Error>> {
        let frame = self.body.frame().await?;
        Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
    }

    /// The next message; `None` at the end. Events without data are passed over.
    ///
    /// # Panics
    /// When an event holds no JSON.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let line = self.line().await?;
            let data = line.strip_prefix("data:").map(str::trim).filter(|data| !data.is_empty());
            if let Some(data) = data {
                return Some(serde_json::from_str(data).unwrap_or_else(|error| panic!("{error} in {data:?}")));
            }
        }
    }

    /// The next message of which this is so.
    ///
    /// # Panics
    /// When the stream ends before it.
    pub async fn until(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut others = Vec::new();
        loop {
            match self.next().await {
                Some(message) if is_it(&message) => return message,
                Some(message) => others.push(message),
                None => panic!("the stream ended before {what}, after {others:#?}"),
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
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line = self.read.split_to(end + 1);
                return Some(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            let chunk = self.chunk().await?.ok()?;
            self.read.extend_from_slice(&chunk);
        }
    }
}
