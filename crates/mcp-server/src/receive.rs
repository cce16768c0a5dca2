use crate::{Batch, Exchange, HttpResponse, content_type, json_response, modern, trace};
use content_negotiation::accepts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use mcp::{Era, Id, InvalidMessage, Message, Notification, ProtocolVersion, Request, Response, RpcError, code, meta};
use serde_json::Value;

/// What an HTTP request turned out to be.
#[derive(Debug)]
pub enum Received {
    /// A request of MCP that a service answers.
    Exchange(Box<Exchange>),
    /// Several messages of MCP 2025-03-26 at once.
    Batch(Box<Batch>),
    /// The client no longer wants the answer to a request of its session. The response is `accepted()`.
    Cancelled(Cancellation),
    /// Nothing for a service; this is the response.
    Done(Box<HttpResponse>),
}

/// Names a request that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    pub session: String,
    pub request: Id,
}

/// Reads an HTTP request to an MCP endpoint (Streamable HTTP, no GET stream). A session is a name that the
/// client repeats, for cancelling; nothing is kept under it, so none is ever unknown.
///
/// Errors become HTTP responses: 405 for other methods, 406 and 415 for media types that do not fit, 400
/// with a JSON-RPC error for a body that is no message or contradicts its headers.
pub fn receive(method: &Method, headers: &HeaderMap, body: &[u8]) -> Received {
    match read(method, headers, body) {
        Ok(received) => received,
        Err(response) => Received::Done(response),
    }
}

fn read(method: &Method, headers: &HeaderMap, body: &[u8]) -> Result<Received, Box<HttpResponse>> {
    if method != Method::POST {
        let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "This MCP endpoint takes POST only.");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return Err(response);
    }
    expect_json(headers)?;
    if !accepts(headers, "application/json") && !accepts(headers, "text/event-stream") {
        return Err(refuse(StatusCode::NOT_ACCEPTABLE, "Send Accept: application/json, text/event-stream."));
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        bad_request(None, RpcError::new(code::PARSE_ERROR, format!("The body is not JSON: {error}")))
    })?;
    if let Value::Array(messages) = value {
        let batch = Batch::read(headers, messages).map_err(|error| bad_request(None, error))?;
        return Ok(Received::Batch(Box::new(batch)));
    }
    match Message::read(value).map_err(|invalid| bad_request(invalid.id.clone(), invalid.error.clone()))? {
        Message::Request(request) => {
            let exchange = exchange(headers, request);
            let exchange = exchange.map_err(|refused| bad_request(refused.id, refused.error))?;
            Ok(Received::Exchange(Box::new(exchange)))
        }
        Message::Notification(notification) => {
            version_header(headers).map_err(|error| bad_request(None, error))?;
            let cancellation = cancellation(headers, &notification).map(Received::Cancelled);
            Ok(cancellation.unwrap_or_else(|| Received::Done(Box::new(accepted()))))
        }
        Message::Response(_) => match version_header(headers).map_err(|error| bad_request(None, error))? {
            // Only servers of the legacy era ask something of their clients.
            Some(version) if version.era() == Era::Modern => {
                let message = "Clients of MCP 2026-07-28 send no responses.";
                Err(bad_request(None, RpcError::new(code::INVALID_REQUEST, message)))
            }
            _ => Err(Box::new(accepted())),
        },
    }
}

/// Refuses with 415 what does not say that it is JSON, in UTF-8 and not packed.
pub fn expect_json(headers: &HeaderMap) -> Result<(), Box<HttpResponse>> {
    match content_type::is_json(headers) {
        true => Ok(()),
        false => Err(refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send the message as Content-Type: application/json, in UTF-8 and without Content-Encoding.",
        )),
    }
}

/// The method and the era of the request that a body is; `None` when it is none. Nothing else of it is checked.
pub fn peek(headers: &HeaderMap, body: &[u8]) -> Option<(String, Era)> {
    match Message::read(serde_json::from_slice(body).ok()?) {
        Ok(Message::Request(request)) => {
            let era = if modern::is_modern(headers, &request) { Era::Modern } else { Era::Legacy };
            Some((request.method, era))
        }
        _ => None,
    }
}

pub fn cancellation(headers: &HeaderMap, notification: &Notification) -> Option<Cancellation> {
    let request = notification.params.get("requestId").filter(|_| notification.method == "notifications/cancelled")?;
    Some(Cancellation { session: session(headers)?, request: Id::read(request)? })
}

fn session(headers: &HeaderMap) -> Option<String> {
    headers.get(meta::SESSION_HEADER)?.to_str().ok().map(str::to_string)
}

/// Checks a request by the rules of its era.
pub fn exchange(headers: &HeaderMap, mut request: Request) -> Result<Exchange, Box<InvalidMessage>> {
    let checked = if modern::is_modern(headers, &request) {
        modern::check(headers, &request)
    } else {
        legacy_version(headers, &request)
    };
    let version = checked.map_err(|error| Box::new(InvalidMessage { id: Some(request.id.clone()), error }))?;
    trace::take_from_headers(headers, &mut request.params);
    Ok(Exchange {
        version,
        request,
        session: session(headers).filter(|_| version.era() == Era::Legacy),
        reads_json: accepts(headers, "application/json"),
        reads_events: accepts(headers, "text/event-stream"),
    })
}

/// The version of a legacy request: its header, or 2025-03-26 without one (MCP 2025-06-18, "Protocol Version Header").
fn legacy_version(headers: &HeaderMap, request: &Request) -> Result<ProtocolVersion, RpcError> {
    let named = if request.method == "initialize" { None } else { version_header(headers)? };
    match named {
        Some(version) if version.era() != Era::Legacy => Err(unsupported(version.as_str())),
        named => Ok(named.unwrap_or(ProtocolVersion::V2025_03_26)),
    }
}

/// The version that the header names; one that there is not is refused.
fn version_header(headers: &HeaderMap) -> Result<Option<ProtocolVersion>, RpcError> {
    let Some(value) = headers.get(meta::VERSION_HEADER) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    ProtocolVersion::parse(text).map(Some).ok_or_else(|| unsupported(text))
}

fn unsupported(version: &str) -> RpcError {
    RpcError::new(code::INVALID_REQUEST, format!("Unsupported MCP-Protocol-Version {version:?}"))
}

/// 202 and no body: the answer to a message that wants none.
pub fn accepted() -> HttpResponse {
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

fn bad_request(id: Option<Id>, error: RpcError) -> Box<HttpResponse> {
    Box::new(json_response(StatusCode::BAD_REQUEST, &Response { id, outcome: Err(error) }.into()))
}

fn refuse(status: StatusCode, message: &str) -> Box<HttpResponse> {
    let response = Response { id: None, outcome: Err(RpcError::new(code::INVALID_REQUEST, message)) };
    Box::new(json_response(status, &response.into()))
}
