//! Bodies of requests: their size, media type and syntax.

use crate::{Problem, ProblemKind};
use bytes::Bytes;
use content_negotiation::{JSON, media_type_in};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::Value;

/// Bytes of a body; a longer one is refused (413). What is stored is bounded apart from it.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// Bytes of a document that is imported, which can have every server in it.
const MAX_IMPORT_BYTES: usize = 10 << 20;

/// RFC 7396, section 4.
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Reads JSON.
pub(crate) fn json(headers: &HeaderMap, body: &Bytes) -> Result<Value, Problem> {
    read(headers, body, &[JSON], MAX_BODY_BYTES)
}

/// Reads JSON that describes many servers.
pub(crate) fn import(headers: &HeaderMap, body: &Bytes) -> Result<Value, Problem> {
    read(headers, body, &[JSON], MAX_IMPORT_BYTES)
}

/// Reads a merge patch.
pub(crate) fn merge_patch(headers: &HeaderMap, body: &Bytes) -> Result<Value, Problem> {
    read(headers, body, &[MERGE_PATCH, JSON], MAX_BODY_BYTES).map_err(|problem| {
        // RFC 5789, section 3.1; on other errors it does no harm.
        let types = HeaderValue::from_static("application/merge-patch+json, application/json");
        problem.with_header(HeaderName::from_static("accept-patch"), types)
    })
}

fn read(headers: &HeaderMap, body: &Bytes, types: &[&str], max_bytes: usize) -> Result<Value, Problem> {
    if body.len() > max_bytes {
        let detail = format!("The body has {} bytes, at most {max_bytes} are read. Split it.", body.len());
        return Err(Problem::new(ProblemKind::BodyTooLarge, detail));
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !types.contains(&media_type_in(given).as_str()) {
        let detail = format!("Send the body with \"Content-Type: {}\".", types.join("\" or \""));
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    serde_json::from_slice(body).map_err(|error| {
        // A `Value` has no type to clash with, so the reason quotes nothing of the body.
        let reason = if body.is_empty() { "it is empty".to_string() } else { error.to_string() };
        Problem::new(ProblemKind::MalformedBody, format!("The body must be JSON, and cannot be read: {reason}."))
    })
}
