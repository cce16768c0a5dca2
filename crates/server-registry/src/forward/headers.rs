//! Which headers pass. Everything else stays: credentials, cookies, and what belongs to one connection
//! (RFC 9110, section 7.6.1).

use http::{HeaderMap, HeaderName};
use mcp::meta;

/// Headers of a caller's request that a server gets.
const TO_SERVER: [&str; 9] = [
    "accept",
    "content-type",
    "last-event-id",
    meta::VERSION_HEADER,
    meta::METHOD_HEADER,
    meta::NAME_HEADER,
    // W3C Trace Context and Baggage.
    "traceparent",
    "tracestate",
    "baggage",
];

/// Headers of a server's response that the caller gets. Not `WWW-Authenticate`: the gateway signs in there itself.
const TO_CALLER: [&str; 6] =
    ["content-type", "cache-control", "retry-after", "allow", "x-accel-buffering", meta::VERSION_HEADER];

/// The headers of a request, without its session.
pub(super) fn to_server(headers: &HeaderMap) -> HeaderMap {
    passing(headers, |name| TO_SERVER.contains(&name) || name.starts_with(meta::PARAM_HEADER_PREFIX))
}

/// The headers of a response, without its session.
pub(super) fn to_caller(headers: &HeaderMap) -> HeaderMap {
    passing(headers, |name| TO_CALLER.contains(&name))
}

fn passing(headers: &HeaderMap, passes: impl Fn(&str) -> bool) -> HeaderMap {
    let pairs = headers.iter().filter(|(name, _)| passes(name.as_str()));
    let mut passed = HeaderMap::new();
    for (name, value) in pairs {
        passed.append(HeaderName::clone(name), value.clone());
    }
    passed
}
