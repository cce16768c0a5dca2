//! A small MCP server to try the gateway with, without I/O: an HTTP request goes in, a response comes out.
//!
//! It stands in for the reference server "everything" where there is no Node.js: `echo` and `get-sum` are the same. Two
//! more tools return data by a schema. It speaks both eras, keeps nothing, and answers this machine only.

mod tools;
mod weather;

use http::StatusCode;
use http::request::Parts;
use mcp::{Response, RpcError, code};
use mcp_server::{
    Exchange, HttpResponse, Identity, Progress, Received, Service, ToolCall, ToolPage, accepted, check_loopback,
    check_origin, events, invalid_cursor, json_response, receive,
};
use serde_json::{Value, json};

/// The path of its MCP endpoint.
pub const PATH: &str = "/mcp";

/// Bytes that the body of a request may have.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// Answers a request, of which `body` is the whole body.
pub async fn answer(head: &Parts, body: &[u8]) -> HttpResponse {
    let authority = head.uri.authority().map(http::uri::Authority::as_str);
    if check_loopback(authority, &head.headers).is_err() || check_origin(authority, &head.headers).is_err() {
        return refused(StatusCode::FORBIDDEN, "The demonstration server answers this machine only.");
    }
    if head.uri.path() != PATH {
        return refused(StatusCode::NOT_FOUND, "The MCP endpoint of the demonstration server is /mcp.");
    }
    match receive(&head.method, &head.headers, body) {
        Received::Exchange(exchange) => answer_one(&exchange).await,
        Received::Batch(batch) => batch.answered(|exchange| exchange.answer(&Demo, &())).await,
        Received::Cancelled(_) => accepted(),
        Received::Done(response) => *response,
    }
}

/// The answer to a request that is too long to be read.
pub fn body_too_large() -> HttpResponse {
    refused(StatusCode::PAYLOAD_TOO_LARGE, "The demonstration server takes bodies of up to 1 MiB.")
}

async fn answer_one(exchange: &Exchange) -> HttpResponse {
    let response = exchange.answer(&Demo, &()).await;
    match exchange.reads_json {
        true => exchange.to_http(response),
        false => events::response(events::event(&Value::from(response)).into_bytes()),
    }
}

fn refused(status: StatusCode, message: &str) -> HttpResponse {
    json_response(status, &Response { id: None, outcome: Err(RpcError::new(code::INVALID_REQUEST, message)) }.into())
}

struct Demo;

impl Service for Demo {
    fn identity(&self) -> Identity {
        Identity {
            name: "bobbin-demo",
            title: "Demonstration",
            version: env!("CARGO_PKG_VERSION"),
            instructions: "Tools to try Bobbin with; the weather is made up.".to_string(),
        }
    }

    async fn list_tools(&self, cursor: Option<&str>) -> Result<ToolPage, RpcError> {
        match cursor {
            None => Ok(ToolPage { tools: tools::definitions(), next_cursor: None }),
            Some(cursor) => Err(invalid_cursor(cursor)),
        }
    }

    async fn call_tool(&self, call: ToolCall, _progress: &dyn Progress) -> Result<Value, RpcError> {
        let unknown = || RpcError::new(code::INVALID_PARAMS, format!("Unknown tool: {}", call.name));
        let outcome = tools::call(&call.name, &call.arguments).ok_or_else(unknown)?;
        Ok(outcome.unwrap_or_else(|message| json!({"content": tools::text(&message), "isError": true})))
    }
}
