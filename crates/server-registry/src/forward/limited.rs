//! Tools that the caller may not use: calls of them are refused as if they were not there, and lists do not show them.

use super::{Own, Server, plain::is_plain, translate::unknown_tool};
use crate::host::Host;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, request::Parts};
use mcp::{Era, Message, Response, RpcError, code, meta};
use mcp_server::{Received, json_response, peek, receive};
use serde_json::Value;

/// Said of a message about tools that is no request.
const NO_REQUEST: &str = "tools/list and tools/call are requests, with an id.";

/// Said of a body in which a tool could hide.
const NOT_PLAIN: &str = "Some tools of this server may not be used: send JSON that can be read in one way only.";

/// Said of a batch in which a tool could hide.
const NOT_IN_A_BATCH: &str = "Some tools of this server may not be used: send tools/list and tools/call alone.";

/// What becomes of a request where some tools are forbidden, and that does not pass.
pub(super) enum Limited {
    Answered(Own),
    /// It asks for the tools, and gets those that are permitted.
    List,
}

impl<H: Host + 'static> Server<'_, H> {
    /// Whether some tools are forbidden to the caller.
    pub(super) fn is_limited(&self) -> bool {
        !self.access.permission(self.alias, &self.usable).is_unlimited()
    }

    /// What becomes of a request that is about tools, where some are forbidden; `None` when it may pass: as it is, but
    /// for headers that say anything else than its body.
    pub(super) async fn limited(&self, parts: &mut Parts, body: &Bytes) -> Option<Limited> {
        if parts.method != Method::POST || !self.is_limited() {
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
        match peek(&parts.headers, body) {
            // A server may go by the headers.
            Some((_, Era::Modern)) => {
                if let Received::Done(response) = receive(&parts.method, &parts.headers, body) {
                    return Some(Limited::Answered(Own::refused(*response)));
                }
            }
            _ => drop_unread(&mut parts.headers, message["method"].as_str()),
        }
        let request = match Message::read(message) {
            Ok(Message::Request(request)) => request,
            // Nobody may answer to it, but a server could do it all the same.
            _ if about_tools => {
                return Some(refusal(StatusCode::BAD_REQUEST, None, RpcError::new(code::INVALID_REQUEST, NO_REQUEST)));
            }
            _ => return None,
        };
        match request.method.as_str() {
            "tools/list" => Some(Limited::List),
            "tools/call" => {
                let name = request.params.get("name").and_then(Value::as_str);
                match name {
                    Some(name) if !name.contains(char::is_control) && self.allows(name).await => None,
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

/// Drops headers that mirror the body of modern requests from one that is none, so that nobody goes by them.
fn drop_unread(headers: &mut HeaderMap, method: Option<&str>) {
    if headers.get(meta::METHOD_HEADER).map(HeaderValue::as_bytes) != method.map(str::as_bytes) {
        headers.remove(meta::METHOD_HEADER);
    }
    headers.remove(meta::NAME_HEADER);
}

fn refusal(status: StatusCode, id: Option<mcp::Id>, error: RpcError) -> Limited {
    let response = json_response(status, &Response { id, outcome: Err(error) }.into());
    Limited::Answered(Own::refused(response))
}
