//! Restricted callers: their messages and the headers that mirror them can be read in one way only. Calls of tools that
//! they may not use are refused as if those were not there, and lists do not show them.

use super::{Own, Server, translate::unknown_tool};
use crate::host::Host;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, request::Parts};
use mcp::{Era, Message, RpcError, code, meta, strict::Body};
use mcp_server::{Received, peek, receive};
use serde_json::Value;

/// Said of a batch in which a tool could hide.
const NOT_IN_A_BATCH: &str = "Some tools of this server may not be used: send tools/list and tools/call alone.";

/// Said of a call without a name that is one.
const NO_NAME: &str = "\"params.name\" must be a string.";

/// What becomes of a request where some tools are forbidden, and that does not pass.
pub(super) enum Limited {
    Answered(Own),
    /// It asks for the tools, and gets those that are permitted.
    List,
}

impl<H: Host + 'static> Server<'_, H> {
    /// Whether anything is forbidden to the caller, or counted: then nothing passes that the gateway does not read.
    pub(super) fn is_restricted(&self) -> bool {
        self.is_limited() || self.access.caller.is_restricted()
    }

    /// Whether some tools are forbidden to the caller.
    pub(super) fn is_limited(&self) -> bool {
        !self.access.permission(self.alias, &self.usable).is_unlimited()
    }

    /// What becomes of a restricted caller's message that may not pass; `None` when it may: as it is, but for headers
    /// that say anything else than its body.
    pub(super) async fn limited(&self, parts: &mut Parts, body: &Bytes, read: &Body) -> Option<Limited> {
        // A server may go by the headers.
        match receive(&parts.method, &parts.headers, body) {
            Received::Done(response) if !response.status().is_success() => {
                return Some(Limited::Answered(Own::refused(*response)));
            }
            _ if matches!(peek(&parts.headers, body), Some((_, Era::Modern))) => {}
            _ => drop_unread(&mut parts.headers, read),
        }
        if !self.is_limited() {
            return None;
        }
        let request = match read {
            Body::Single(Message::Request(request)) => request,
            Body::Batch(messages) if messages.iter().any(is_about_tools) => {
                return Some(Limited::Answered(Own::bad_request(NOT_IN_A_BATCH)));
            }
            _ => return None,
        };
        let refused = |status, error| Some(Limited::Answered(Own::error(status, Some(request.id.clone()), error)));
        match request.method.as_str() {
            "tools/list" => Some(Limited::List),
            "tools/call" => match request.params.get("name").and_then(Value::as_str) {
                None => refused(StatusCode::BAD_REQUEST, RpcError::new(code::INVALID_PARAMS, NO_NAME)),
                Some(name) if self.allows(name).await => None,
                Some(name) => refused(StatusCode::OK, unknown_tool(name)),
            },
            _ => None,
        }
    }

    /// Whether the caller may use a tool.
    pub(super) async fn allows(&self, tool: &str) -> bool {
        self.access.allows(self.alias, &self.usable, tool).await
    }

    /// Whether the caller may see an entry of a list of tools.
    pub(super) fn may_list(&self, tool: &Value) -> bool {
        let permission = self.access.permission(self.alias, &self.usable);
        permission.is_unlimited()
            || permission.allows(tool["name"].as_str().unwrap_or_default(), tool.get("annotations"))
    }
}

fn is_about_tools(message: &Message) -> bool {
    matches!(message, Message::Request(request) if matches!(request.method.as_str(), "tools/list" | "tools/call"))
}

/// Drops headers that mirror the body of modern requests from one that is none, so that nobody goes by them.
fn drop_unread(headers: &mut HeaderMap, read: &Body) {
    let method = match read {
        Body::Single(Message::Request(request)) => Some(request.method.as_bytes()),
        Body::Single(Message::Notification(notification)) => Some(notification.method.as_bytes()),
        _ => None,
    };
    if headers.get(meta::METHOD_HEADER).map(HeaderValue::as_bytes) != method {
        headers.remove(meta::METHOD_HEADER);
    }
    headers.remove(meta::NAME_HEADER);
}
