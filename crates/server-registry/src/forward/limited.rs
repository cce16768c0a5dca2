//! Tools that the caller may not use: calls of them are refused as if they were not there, and lists do not show them.

use super::{Server, translate::unknown_tool};
use crate::host::Host;
use bytes::Bytes;
use http::{Method, StatusCode, request::Parts};
use mcp::{Message, Response, RpcError, code};
use mcp_server::{HttpResponse, json_response};
use serde_json::Value;

/// Said of a batch in which a tool could hide.
const NOT_IN_A_BATCH: &str = "Some tools of this server may not be used: send tools/list and tools/call alone.";

impl<H: Host + 'static> Server<'_, H> {
    /// The answer to a request that is about tools, where some are forbidden; `None` when it may pass as it is.
    pub(super) async fn limited(&self, parts: &Parts, body: &Bytes) -> Option<HttpResponse> {
        if parts.method != Method::POST || self.access.permission(self.alias, &self.usable).is_unlimited() {
            return None;
        }
        let message: Value = serde_json::from_slice(body).ok()?;
        if let Value::Array(messages) = &message {
            let about_tools = |message: &Value| matches!(message["method"].as_str(), Some("tools/list" | "tools/call"));
            let error = || RpcError::new(code::INVALID_REQUEST, NOT_IN_A_BATCH);
            return messages.iter().any(about_tools).then(|| refusal(StatusCode::BAD_REQUEST, None, error()));
        }
        let Ok(Message::Request(request)) = Message::read(message) else { return None };
        match request.method.as_str() {
            "tools/list" => Some(self.translated(parts, body).await),
            "tools/call" => {
                let name = request.params.get("name").and_then(Value::as_str).unwrap_or_default();
                match self.allows(name).await {
                    true => None,
                    false => Some(refusal(StatusCode::OK, Some(request.id), unknown_tool(name))),
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

fn refusal(status: StatusCode, id: Option<mcp::Id>, error: RpcError) -> HttpResponse {
    json_response(status, &Response { id, outcome: Err(error) }.into())
}
