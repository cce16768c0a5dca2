//! Tools that the caller may not use: calls of them are refused as if they were not there, and lists do not show them.

use super::{Server, plain::is_plain, translate::unknown_tool};
use crate::host::Host;
use bytes::Bytes;
use http::{Method, StatusCode, request::Parts};
use mcp::{Message, Response, RpcError, code};
use mcp_server::{HttpResponse, json_response};
use serde_json::Value;

/// Said of a message about tools that is no request.
const NO_REQUEST: &str = "tools/list and tools/call are requests, with an id.";

/// Said of a body in which a tool could hide.
const NOT_PLAIN: &str = "Some tools of this server may not be used: send JSON that can be read in one way only.";

/// Said of a batch in which a tool could hide.
const NOT_IN_A_BATCH: &str = "Some tools of this server may not be used: send tools/list and tools/call alone.";

impl<H: Host + 'static> Server<'_, H> {
    /// The answer to a request that is about tools, where some are forbidden; `None` when it may pass as it is.
    pub(super) async fn limited(&self, parts: &Parts, body: &Bytes) -> Option<HttpResponse> {
        if parts.method != Method::POST || self.access.permission(self.alias, &self.usable).is_unlimited() {
            return None;
        }
        let message = serde_json::from_slice(body).ok().filter(|_| is_plain(body));
        let Some(message) = message else {
            return Some(refusal(StatusCode::BAD_REQUEST, None, RpcError::new(code::INVALID_REQUEST, NOT_PLAIN)));
        };
        if let Value::Array(messages) = &message {
            let error = || RpcError::new(code::INVALID_REQUEST, NOT_IN_A_BATCH);
            return messages.iter().any(is_about_tools).then(|| refusal(StatusCode::BAD_REQUEST, None, error()));
        }
        let about_tools = is_about_tools(&message);
        let request = match Message::read(message) {
            Ok(Message::Request(request)) => request,
            // Nobody may answer to it, but a server could do it all the same.
            _ if about_tools => {
                return Some(refusal(StatusCode::BAD_REQUEST, None, RpcError::new(code::INVALID_REQUEST, NO_REQUEST)));
            }
            _ => return None,
        };
        match request.method.as_str() {
            "tools/list" => Some(self.translated(parts, body).await),
            "tools/call" => {
                let name = request.params.get("name").and_then(Value::as_str);
                match name {
                    Some(name) if self.allows(name).await => None,
                    name => {
                        let error = unknown_tool(name.unwrap_or_default());
                        Some(refusal(StatusCode::OK, Some(request.id), error))
                    }
                }
            }
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

fn is_about_tools(message: &Value) -> bool {
    matches!(message["method"].as_str(), Some("tools/list" | "tools/call"))
}

fn refusal(status: StatusCode, id: Option<mcp::Id>, error: RpcError) -> HttpResponse {
    json_response(status, &Response { id, outcome: Err(error) }.into())
}
