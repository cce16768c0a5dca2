//! Reading a body so that every reader finds the same messages in it, however lenient it is. A gateway that decides by
//! what it read passes nothing else on: what it does not take for a call, a server could.

mod method;
mod unambiguous;

use crate::{Id, InvalidMessage, Message, RpcError, code, jsonrpc::invalid};
use serde_json::{Map, Value};

/// Messages of a batch; more are refused.
pub const MAX_BATCH_MESSAGES: usize = 100;

/// Bytes of an id or a progress token that is a string; longer ones are refused.
pub const MAX_ID_BYTES: usize = 1_024;

/// The largest number that every reader takes for the same integer (RFC 7493, section 2.2).
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// What is in a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Single(Message),
    /// One to [`MAX_BATCH_MESSAGES`], as MCP 2025-03-26 alone has them.
    Batch(Vec<Message>),
}

impl Body {
    /// The messages, in order.
    pub fn messages(&self) -> &[Message] {
        match self {
            Self::Single(message) => std::slice::from_ref(message),
            Self::Batch(messages) => messages,
        }
    }
}

/// Reads one message, or a flat batch of them, of well-formed JSON: each member once and in its own spelling, no
/// members beside those of JSON-RPC, ids that are strings or integers, and methods that cannot be taken for others.
pub fn read_strictly(body: &[u8]) -> Result<Body, Box<InvalidMessage>> {
    unambiguous::check(body).map_err(|reason| invalid(None, &reason))?;
    match serde_json::from_slice(body).map_err(|error| invalid(None, &error.to_string()))? {
        Value::Array(messages) => {
            if messages.is_empty() || messages.len() > MAX_BATCH_MESSAGES {
                let found = messages.len();
                return Err(invalid(None, &format!("a batch has 1 to {MAX_BATCH_MESSAGES} messages, not {found}")));
            }
            Ok(Body::Batch(messages.into_iter().map(read).collect::<Result<_, _>>()?))
        }
        message => Ok(Body::Single(read(message)?)),
    }
}

fn read(message: Value) -> Result<Message, Box<InvalidMessage>> {
    let Value::Object(members) = &message else { return Err(invalid(None, "a message is an object")) };
    let id = members.get("id").and_then(Id::read);
    check(members).map_err(|reason| invalid(id, reason))?;
    let read = Message::read(message)?;
    check_tokens(&read)?;
    Ok(read)
}

fn check(members: &Map<String, Value>) -> Result<(), &'static str> {
    let has = |name: &str| members.contains_key(name);
    if let Some(id) = members.get("id") {
        check_id(id)?;
    }
    let Some(method) = members.get("method") else {
        return match (members.get("result"), members.get("error")) {
            _ if has("params") || !has("id") => Err("a response has an \"id\", and no \"params\""),
            (Some(Value::Object(_)), None) => Ok(()),
            (None, Some(Value::Object(error)))
                if error.keys().all(|name| ["code", "message", "data"].contains(&&**name)) =>
            {
                Ok(())
            }
            _ => Err("a response has a \"result\" or an \"error\", an object"),
        };
    };
    if has("result") || has("error") {
        return Err("a message with a \"method\" has no \"result\" and no \"error\"");
    }
    if members.get("params").is_some_and(|params| !params.is_object()) {
        return Err("\"params\" must be an object");
    }
    method::check(method.as_str().ok_or("\"method\" must be a string")?, has("id"))
}

/// Progress tokens and ids in parameters are like ids of messages.
fn check_tokens(message: &Message) -> Result<(), Box<InvalidMessage>> {
    let (id, method, params) = match message {
        Message::Request(request) => (Some(&request.id), &request.method, &request.params),
        Message::Notification(notification) => (None, &notification.method, &notification.params),
        Message::Response(_) => return Ok(()),
    };
    let wanted = params.get("_meta").and_then(|meta| meta.get(crate::meta::PROGRESS_TOKEN));
    let named = match method.as_str() {
        "notifications/cancelled" => params.get("requestId"),
        "notifications/progress" => params.get(crate::meta::PROGRESS_TOKEN),
        _ => None,
    };
    let error = |reason: &str| {
        let message = format!("A progress token or request id in \"params\" is none: {reason}");
        Box::new(InvalidMessage { id: id.cloned(), error: RpcError::new(code::INVALID_PARAMS, message) })
    };
    wanted.into_iter().chain(named).try_for_each(check_id).map_err(error)
}

fn check_id(id: &Value) -> Result<(), &'static str> {
    let is_safe = match id {
        Value::String(text) => return if text.len() <= MAX_ID_BYTES { Ok(()) } else { Err("an id is too long") },
        Value::Number(number) => {
            number.as_u64().or(number.as_i64().map(i64::unsigned_abs)).is_some_and(|size| size <= MAX_SAFE_INTEGER)
        }
        _ => false,
    };
    if is_safe { Ok(()) } else { Err("an id must be a string, or an integer of at most 53 bits") }
}
