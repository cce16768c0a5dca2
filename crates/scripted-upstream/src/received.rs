use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri, header};
use serde_json::{Value, json};

/// The content type of a token request of OAuth.
const FORM: &str = "application/x-www-form-urlencoded";

/// A request as the upstream got it.
#[derive(Debug, Clone)]
pub struct Received {
    pub http_method: Method,
    pub url: Uri,
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Bytes,
    /// The JSON body; `null` when there is none.
    pub body: Value,
    /// When it came, in milliseconds of the virtual clock.
    pub at_ms: u64,
}

impl Received {
    pub(crate) fn new(request: &Request<Bytes>, at_ms: u64) -> Self {
        let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == FORM);
        let body = match request.body().is_empty() || is_form {
            true => Value::Null,
            false => serde_json::from_slice(request.body()).expect("what the client sends is JSON"),
        };
        let (parts, bytes) = request.clone().into_parts();
        Self { http_method: parts.method, url: parts.uri, headers: parts.headers, bytes, body, at_ms }
    }

    /// The JSON-RPC method; empty for a response or a GET.
    pub fn method(&self) -> &str {
        self.body["method"].as_str().unwrap_or_default()
    }

    /// The name of the tool that is called; empty for others.
    pub fn tool(&self) -> &str {
        self.body["params"]["name"].as_str().unwrap_or_default()
    }

    /// A header's text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("headers are ASCII")).unwrap_or_default()
    }

    /// The response to this request with a result.
    pub fn result(&self, result: Value) -> Value {
        json!({"jsonrpc": "2.0", "id": self.body["id"], "result": result})
    }

    /// The response to this request with an error.
    pub fn error(&self, code: i64, message: &str) -> Value {
        json!({"jsonrpc": "2.0", "id": self.body["id"], "error": {"code": code, "message": message}})
    }
}
