//! JSON-RPC messages out of JSON texts.

use crate::{error::Fault, excerpt::Excerpt, lenient::readable};
use mcp::{Id, Message, Response};
use serde_json::{Value, json};

/// What one JSON text holds that answers `method`: one message, or a batch, which 2025-03-26 allows. What is no message
/// is told with its id, where it has one.
///
/// A list of tools is read even where a part of it is no text or nested without end: that part is replaced.
pub(crate) fn read(method: &str, text: &[u8]) -> Result<Vec<Result<Message, NoMessage>>, Fault> {
    let value: Value = serde_json::from_slice(text)
        .or_else(|error| match method {
            "tools/list" => serde_json::from_slice(&readable(text)).map(marked).map_err(|_| error),
            _ => Err(error),
        })
        .map_err(|error| Fault::NotJson { reason: error.to_string(), excerpt: Excerpt::of(text, true) })?;
    let values = match value {
        Value::Array(values) => values,
        value => vec![value],
    };
    let message = |value| {
        Message::read(value)
            .map_err(|invalid| NoMessage { id: invalid.id, fault: Fault::NotJsonRpc { reason: invalid.error.message } })
    };
    Ok(values.into_iter().map(message).collect())
}

/// JSON that is no message.
pub(crate) struct NoMessage {
    pub id: Option<Id>,
    pub fault: Fault,
}

/// `_meta` of a result in which something was replaced.
pub(crate) const REPLACED: &str = "bobbin/replaced";

fn marked(mut message: Value) -> Value {
    if let Some(result) = message.get_mut("result").and_then(Value::as_object_mut) {
        result.insert("_meta".to_string(), json!({REPLACED: true}));
    }
    message
}

/// Whether a response is the one to this request. An error without an id answers a request whose id the
/// server could not read: this one, as no other is in the exchange.
pub(crate) fn answers(response: &Response, id: &Id) -> bool {
    match &response.id {
        Some(answered) => answered == id,
        None => response.outcome.is_err(),
    }
}
