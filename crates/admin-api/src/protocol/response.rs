//! Answers.

use crate::protocol::conditions;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

/// JSON.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response<Vec<u8>> {
    json_text(status, body.to_string().into_bytes())
}

/// JSON that is written already.
pub(crate) fn json_text(status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = empty(status);
    *response.body_mut() = body;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// No content. Nothing of the admin API is for caches.
pub(crate) fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    response
}

/// A representation that has a validator.
pub(crate) fn tagged(mut response: Response<Vec<u8>>, etag: HeaderValue) -> Response<Vec<u8>> {
    response.headers_mut().insert(header::ETAG, etag);
    response
}

/// What was asked for, or 304 when the caller has it.
pub(crate) fn unless_known(headers: &HeaderMap, etag: HeaderValue, body: &Value) -> Response<Vec<u8>> {
    let response = match conditions::is_known(headers, &etag) {
        true => empty(StatusCode::NOT_MODIFIED),
        false => json(StatusCode::OK, body),
    };
    tagged(response, etag)
}
