//! The checks of a 2026-07-28 request, in the order that the specification gives them.

use crate::header_value;
use http::HeaderMap;
use mcp::{Era, ProtocolVersion, Request, RpcError, code, meta};
use serde_json::{Value, json};

/// Whether a request speaks the modern era: it carries a version in `_meta`, or a header that no legacy
/// client would send. `initialize` without that `_meta` is legacy whatever version it asks for.
pub fn is_modern(headers: &HeaderMap, request: &Request) -> bool {
    if meta_field(request, meta::PROTOCOL_VERSION).is_some() {
        return true;
    }
    let header = headers.get(meta::VERSION_HEADER).map(|value| value.to_str().unwrap_or_default());
    let legacy = |text: &str| ProtocolVersion::parse(text).is_some_and(|version| version.era() == Era::Legacy);
    request.method != "initialize" && header.is_some_and(|text| !legacy(text))
}

/// Checks headers against the body. Every error here is HTTP 400.
pub fn check(headers: &HeaderMap, request: &Request) -> Result<ProtocolVersion, RpcError> {
    let header =
        header(headers, meta::VERSION_HEADER)?.ok_or_else(|| mismatch("the header MCP-Protocol-Version is missing"))?;
    let version = match meta_field(request, meta::PROTOCOL_VERSION) {
        Some(Value::String(version)) => version,
        _ => return Err(incomplete(meta::PROTOCOL_VERSION, "a string")),
    };
    if !meta_field(request, meta::CLIENT_CAPABILITIES).is_some_and(Value::is_object) {
        return Err(incomplete(meta::CLIENT_CAPABILITIES, "an object"));
    }
    if header != *version {
        return Err(mismatch(&format!("MCP-Protocol-Version is {header:?}, but _meta says {version:?}")));
    }
    let supported = ProtocolVersion::parse(version).filter(|version| version.era() == Era::Modern);
    let Some(supported) = supported else {
        return Err(RpcError::new(code::UNSUPPORTED_VERSION, format!("Unsupported protocol version {version:?}"))
            .with_data(json!({"supported": [ProtocolVersion::LATEST.as_str()], "requested": version})));
    };
    check_mirrored(headers, meta::METHOD_HEADER, Some(&request.method))?;
    if let Some(field) = named_by(&request.method) {
        check_mirrored(headers, meta::NAME_HEADER, request.params.get(field).and_then(Value::as_str))?;
    }
    Ok(supported)
}

/// The parameter that `Mcp-Name` mirrors.
fn named_by(method: &str) -> Option<&'static str> {
    match method {
        "tools/call" | "prompts/get" => Some("name"),
        "resources/read" => Some("uri"),
        method if method.starts_with("tasks/") => Some("taskId"),
        _ => None,
    }
}

fn check_mirrored(headers: &HeaderMap, name: &str, expected: Option<&str>) -> Result<(), RpcError> {
    // Without the parameter there is nothing to mirror; the method itself says what is wrong.
    let Some(expected) = expected else { return Ok(()) };
    match header(headers, name)? {
        Some(value) if value == expected => Ok(()),
        Some(value) => Err(mismatch(&format!("the header {name} is {value:?}, but the body says {expected:?}"))),
        None => Err(mismatch(&format!("the header {name} is missing; it must be {expected:?}"))),
    }
}

fn header(headers: &HeaderMap, name: &str) -> Result<Option<String>, RpcError> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let decoded = value.to_str().ok().and_then(|text| header_value::decode(text.trim()));
    decoded.map(Some).ok_or_else(|| mismatch(&format!("the header {name} cannot be read")))
}

fn meta_field<'a>(request: &'a Request, key: &str) -> Option<&'a Value> {
    request.params.get("_meta")?.get(key)
}

fn mismatch(what: &str) -> RpcError {
    RpcError::new(code::HEADER_MISMATCH, format!("Header mismatch: {what}"))
}

fn incomplete(key: &str, shape: &str) -> RpcError {
    RpcError::new(code::INVALID_PARAMS, format!("params._meta[{key:?}] is required and must be {shape}"))
}
