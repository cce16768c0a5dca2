//! JSON-RPC batches, which MCP 2025-03-26 has and later versions do not (MCP 2025-06-18, "Changes").

use crate::receive::{cancellation, exchange};
use crate::{Cancellation, Exchange, HttpResponse, accepted, events, json_response};
use futures::{StreamExt, stream};
use http::{HeaderMap, StatusCode};
use mcp::{Id, Message, ProtocolVersion, Response, RpcError, code, meta, strict::MAX_BATCH_MESSAGES};
use serde_json::Value;
use std::future::Future;

/// Requests of a batch that are answered at the same time. Each may run a script.
const AT_ONCE: usize = 4;

/// Several messages that came as one.
#[derive(Debug)]
pub struct Batch {
    /// The requests, in order.
    pub exchanges: Vec<Exchange>,
    /// The requests that the client no longer wants answered.
    pub cancellations: Vec<Cancellation>,
    /// Answers to what was no request that can be answered.
    refused: Vec<Response>,
    /// Whether the client reads nothing but events.
    only_events: bool,
}

impl Batch {
    /// Reads the messages of a batch. What is wrong with one of them is the answer to that one.
    pub(crate) fn read(headers: &HeaderMap, messages: Vec<Value>) -> Result<Self, RpcError> {
        let invalid = |message: String| Err(RpcError::new(code::INVALID_REQUEST, message));
        let version = headers.get(meta::VERSION_HEADER).map(|value| value.to_str().unwrap_or_default());
        if let Some(version) = version.filter(|version| *version != ProtocolVersion::V2025_03_26.as_str()) {
            return invalid(format!("MCP {version} has no batches; send one message at a time."));
        }
        if messages.is_empty() || messages.len() > MAX_BATCH_MESSAGES {
            return invalid(format!(
                "A batch has 1 to {MAX_BATCH_MESSAGES} messages, and this one has {}.",
                messages.len()
            ));
        }
        let mut batch =
            Self { exchanges: Vec::new(), cancellations: Vec::new(), refused: Vec::new(), only_events: false };
        for message in messages {
            batch.add(headers, message);
        }
        batch.only_events = batch.exchanges.first().is_some_and(|exchange| !exchange.reads_json);
        Ok(batch)
    }

    fn add(&mut self, headers: &HeaderMap, message: Value) {
        match Message::read(message) {
            Ok(Message::Request(request)) if request.method == "initialize" => {
                let message = "initialize must not be part of a batch; send it alone.";
                self.refuse(Some(request.id), RpcError::new(code::INVALID_REQUEST, message));
            }
            Ok(Message::Request(request)) => match exchange(headers, request) {
                Ok(exchange) => self.exchanges.push(exchange),
                Err(refused) => self.refuse(refused.id, refused.error),
            },
            Ok(Message::Notification(notification)) => self.cancellations.extend(cancellation(headers, &notification)),
            Ok(Message::Response(_)) => {}
            Err(invalid) => self.refuse(invalid.id, invalid.error),
        }
    }

    fn refuse(&mut self, id: Option<Id>, error: RpcError) {
        self.refused.push(Response { id, outcome: Err(error) });
    }

    /// Has every request answered by `answer`, some at the same time, and gives the HTTP response: a batch of the
    /// answers, or 202 when nothing wants one.
    pub async fn answered<'a, F>(&'a self, answer: impl FnMut(&'a Exchange) -> F) -> HttpResponse
    where
        F: Future<Output = Response>,
    {
        let answers: Vec<Response> = stream::iter(&self.exchanges).map(answer).buffered(AT_ONCE).collect().await;
        let batch: Vec<Value> = self.refused.iter().cloned().chain(answers).map(Value::from).collect();
        if batch.is_empty() {
            return accepted();
        }
        let batch = Value::Array(batch);
        if self.only_events {
            return events::response(events::event(&batch).into_bytes());
        }
        json_response(StatusCode::OK, &batch)
    }
}
