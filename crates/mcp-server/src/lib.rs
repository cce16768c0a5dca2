//! The MCP server side towards agents, without I/O: an HTTP request goes in, an HTTP response comes out.
//!
//! [`receive`] reads a request by the rules of its era (MCP 2025-03-26 to 2025-11-25: `initialize`;
//! 2026-07-28: `_meta` and mirrored headers). What it accepts is an [`Exchange`], which a [`Service`] answers.

mod authority;
mod batch;
mod content_type;
pub mod events;
mod exchange;
mod header_value;
mod loopback;
mod methods;
mod modern;
mod origin;
mod proxy_headers;
mod receive;
mod repeated;
mod result;
mod service;
mod tool_definition;
mod trace;
mod under_way;

pub use batch::Batch;
pub use exchange::Exchange;
pub use loopback::{NotLocal, check_loopback};
pub use methods::invalid_cursor;
pub use origin::{ForeignOrigin, check_origin};
pub use receive::{Cancellation, Received, accepted, expect_json, peek, receive};
pub use repeated::{Repeated, check_repeated};
pub use service::{Identity, Progress, Service, ToolCall, ToolPage};
pub use under_way::{Bulletin, UnderWay};

/// A complete HTTP response.
pub type HttpResponse = http::Response<Vec<u8>>;

/// A JSON response, for whoever answers beside MCP too.
pub fn json_response(status: http::StatusCode, body: &serde_json::Value) -> HttpResponse {
    let mut response = http::Response::new(body.to_string().into_bytes());
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
