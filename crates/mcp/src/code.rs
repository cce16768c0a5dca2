//! JSON-RPC error codes (JSON-RPC 2.0, section 5.1, and MCP 2026-07-28).

/// The body is not JSON.
pub const PARSE_ERROR: i64 = -32700;
/// The body is JSON, but no JSON-RPC message.
pub const INVALID_REQUEST: i64 = -32600;
/// No such method; HTTP 404 in the modern era.
pub const METHOD_NOT_FOUND: i64 = -32601;
/// Parameters of the wrong shape; an unknown tool, prompt or cursor.
pub const INVALID_PARAMS: i64 = -32602;
/// Something failed that the caller did not cause.
pub const INTERNAL_ERROR: i64 = -32603;
/// A header is missing or contradicts the body; HTTP 400.
pub const HEADER_MISMATCH: i64 = -32020;
/// The client lacks a capability that the request needs; HTTP 400.
pub const MISSING_CAPABILITY: i64 = -32021;
/// The protocol version is not supported; HTTP 400.
pub const UNSUPPORTED_VERSION: i64 = -32022;
