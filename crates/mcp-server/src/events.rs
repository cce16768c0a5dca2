//! An answer as server-sent events (MCP transports, "Sending Messages to the Server").

use http::{HeaderValue, Response, header};
use serde_json::{Value, json};

/// One message as an event.
pub fn event(message: &Value) -> String {
    // JSON text has no line breaks outside of strings, and escapes those inside.
    format!("event: message\ndata: {message}\n\n")
}

/// What is no event, for a stream that would be silent for long.
pub const COMMENT: &[u8] = b":\n\n";

/// `notifications/progress`; `progress` grows with each.
pub fn progress(token: &Value, progress: u64, message: &str) -> Value {
    json!({
        "jsonrpc": "2.0",
        "method": "notifications/progress",
        "params": {"progressToken": token, "progress": progress, "message": message},
    })
}

/// The response that carries the events.
pub fn response<B>(body: B) -> Response<B> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Asks proxies of the nginx kind not to collect the events.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
