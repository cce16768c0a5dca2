//! Which headers pass. Everything else stays: credentials, cookies, what belongs to one connection (RFC 9110, section
//! 7.6.1), and what says how a body is to be read: that is the gateway's word, since it has read it already.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use mcp::meta;
use redaction::Redactor;

/// Headers of a caller's request that a server gets.
const TO_SERVER: [&str; 7] = [
    "accept",
    meta::VERSION_HEADER,
    meta::METHOD_HEADER,
    meta::NAME_HEADER,
    // W3C Trace Context and Baggage.
    "traceparent",
    "tracestate",
    "baggage",
];

/// Those that may stand there more than once. Of any other the first counts, for the gateway and for the server.
const LISTS: [&str; 3] = ["accept", "tracestate", "baggage"];

/// Headers of a server's response that the caller gets. Not `WWW-Authenticate`: the gateway signs in there itself.
const TO_CALLER: [&str; 6] =
    ["content-type", "cache-control", "retry-after", "allow", "x-accel-buffering", meta::VERSION_HEADER];

/// From where a stream is to go on.
pub(super) const LAST_EVENT_ID: &str = "last-event-id";

/// The headers of a request, without its session and the event that it names. A message is JSON in UTF-8 (MCP
/// 2025-11-25, "Transports").
pub(super) fn to_server(method: &Method, headers: &HeaderMap) -> HeaderMap {
    let mut passed = passing(headers, |name| TO_SERVER.contains(&name) || name.starts_with(meta::PARAM_HEADER_PREFIX));
    if method == Method::POST {
        passed.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    passed
}

/// The headers of a response, without its session, and without those that hold a credential.
pub(super) fn to_caller(headers: &HeaderMap, redactor: &Redactor) -> HeaderMap {
    let mut passed = passing(headers, |name| TO_CALLER.contains(&name));
    let held: Vec<HeaderName> = passed.keys().cloned().collect();
    for name in held {
        if passed.get_all(&name).iter().any(|value| redactor.finds_in(value.as_bytes())) {
            passed.remove(name);
        }
    }
    // Without it nobody knows what the body is.
    if let Some(kind) = headers.get(header::CONTENT_TYPE).filter(|_| !passed.contains_key(header::CONTENT_TYPE)) {
        let essence = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        if let Some(essence) = HeaderValue::from_bytes(essence).ok().filter(|_| !redactor.finds_in(essence)) {
            passed.insert(header::CONTENT_TYPE, essence);
        }
    }
    passed
}

fn passing(headers: &HeaderMap, passes: impl Fn(&str) -> bool) -> HeaderMap {
    let mut passed = HeaderMap::new();
    for name in headers.keys().filter(|name| passes(name.as_str())) {
        let most = if LISTS.contains(&name.as_str()) { usize::MAX } else { 1 };
        for value in headers.get_all(name).iter().take(most) {
            passed.append(HeaderName::clone(name), value.clone());
        }
    }
    passed
}
