//! An administration in memory, and requests to it.

pub mod document;
pub mod keys;
pub mod memory;
pub mod server;

use admin_api::{Administration, answer};
use bytes::Bytes;
use futures::executor::block_on;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use serde_json::Value;

/// An answer, with its body read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    /// `null` when there is no body.
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: HeaderName) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII")).unwrap_or_default()
    }

    pub fn etag(&self) -> String {
        self.header(header::ETAG).to_string()
    }

    /// The last part of a problem's type.
    pub fn problem(&self) -> &str {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status.as_u16(), "{self:?}");
        self.body["type"].as_str().and_then(|name| name.strip_prefix("urn:bobbin:problem:")).expect("a type")
    }

    /// The pointers and parameters of a problem's errors.
    pub fn places(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().expect("errors");
        errors.iter().map(|error| error["pointer"].as_str().or(error["parameter"].as_str()).expect("a place")).collect()
    }
}

/// A request without a body.
pub fn send(administration: &impl Administration, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    exchange(administration, method, path, headers, Bytes::new())
}

/// A request with JSON.
pub fn send_json(
    administration: &impl Administration,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let headers: Vec<_> = [("content-type", "application/json")].iter().chain(headers).copied().collect();
    exchange(administration, method, path, &headers, body.to_string().into())
}

/// A request with any body. A name or value of a header may come several times.
pub fn exchange(
    administration: &impl Administration,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Answer {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = format!("/api/v1{path}").parse().expect("a URI");
    for (name, value) in headers {
        let name = HeaderName::try_from(*name).expect("a name");
        // Unlike `append`, the last content type counts.
        if name == header::CONTENT_TYPE {
            request.headers_mut().remove(&name);
        }
        request.headers_mut().append(name, HeaderValue::try_from(*value).expect("a value"));
    }
    read(block_on(answer(request, administration)))
}

pub fn read(response: Response<Vec<u8>>) -> Answer {
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(body).expect("UTF-8");
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
    Answer { status: parts.status, headers: parts.headers, text, body }
}
