//! `/mcp/<alias>`: everything that one server has, as it is. The registry holds its credentials and talks to it.

use crate::{body, configuration::Configuration, door, headers, keep_alive::kept_alive, refusal::Refusal, whole};
use bytes::Bytes;
use content_negotiation::{EVENTS, media_type};
use contracts::registry::{Failure, FailureKind, ForwardedRequest, ForwardedResponse, NotForwarded, Purpose};
use futures::{Stream, stream};
use http::{HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::StreamBody;
use mcp::{Id, Message, RpcError, code};
use mcp_server::{HttpResponse, json_response};
use serde_json::Value;
use spin_sdk::http::{BoxBody, Request, box_body};
use wit_bindgen::{FutureReader, StreamReader, StreamResult};

/// Bytes that are read from a server's answer at a time.
const CHUNK_BYTES: usize = 16 << 10;

/// Why a body ends before its end.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Broken(String);

/// The alias in a path. Aliases have no character that a path would encode.
pub fn alias_in(path: &str) -> Option<&str> {
    path.strip_prefix("/mcp/").filter(|alias| !alias.is_empty() && !alias.contains('/'))
}

/// Passes a request through to a server.
pub async fn pass(request: Request) -> Result<Response<BoxBody>, Refusal> {
    let configuration = Configuration::read().await?;
    let access = door::sign_in(request.uri(), request.headers(), Purpose::Direct).await?;
    let alias = alias_in(request.uri().path()).unwrap_or_default().to_string();
    let method = request.method().to_string();
    let headers = headers::write(request.headers());
    let body = body::read(request, &configuration).await?;
    let message = serde_json::from_slice(&body).unwrap_or_default();
    let further = messages_in(&message).saturating_sub(1);
    let id = id_of(message);
    let forwarded = match access {
        Ok(access) => {
            if further > 0 {
                access.count(further).await?;
            }
            access.forward(alias, ForwardedRequest { method, headers, body }).await
        }
        Err(failure) => Err(NotForwarded::Failed(failure)),
    };
    Ok(forwarded.map_or_else(|reason| whole(refused(reason, id)), response))
}

/// How many messages a body has, in batches of batches, too: whatever a server could take for one.
fn messages_in(body: &Value) -> u32 {
    match body {
        Value::Array(messages) => messages.iter().map(messages_in).fold(0, u32::saturating_add),
        _ => 1,
    }
}

/// The id of the request that a message is; what is none is for the server to refuse.
fn id_of(message: Value) -> Option<Id> {
    match Message::read(message) {
        Ok(Message::Request(request)) => Some(request.id),
        _ => None,
    }
}

fn response(forwarded: ForwardedResponse) -> Response<BoxBody> {
    let ForwardedResponse { status, headers, body, end } = forwarded;
    let headers = headers::read(&headers);
    let frames = frames(Source { body, end });
    let body = if media_type(&headers).as_deref() == Some(EVENTS) {
        box_body(StreamBody::new(kept_alive(frames)))
    } else {
        box_body(StreamBody::new(frames))
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = headers;
    response
}

/// Where an answer comes from. Dropping it tells the registry that nobody reads any more.
struct Source {
    body: StreamReader<u8>,
    end: FutureReader<Result<(), Failure>>,
}

/// The chunks of an answer as they come, and an error where it ends too early.
fn frames(source: Source) -> impl Stream<Item = Result<Frame<Bytes>, Broken>> {
    stream::unfold(Some(source), async |source| {
        let mut source = source?;
        loop {
            let (result, chunk) = source.body.read(Vec::with_capacity(CHUNK_BYTES)).await;
            if !chunk.is_empty() {
                return Some((Ok(Frame::data(Bytes::from(chunk))), Some(source)));
            }
            match result {
                // The registry looks whether somebody reads.
                StreamResult::Complete(_) => {}
                StreamResult::Dropped | StreamResult::Cancelled => break,
            }
        }
        match source.end.await {
            Ok(()) => None,
            Err(failure) => Some((Err(Broken(failure.message)), None)),
        }
    })
}

/// The answer of the gateway itself, which an MCP client can read too.
fn refused(reason: NotForwarded, id: Option<Id>) -> HttpResponse {
    let (status, code, message) = match reason {
        // A client begins a new session then (MCP 2025-11-25, "Session Management").
        NotForwarded::UnknownSession => {
            (StatusCode::NOT_FOUND, code::INVALID_REQUEST, "There is no such session; initialize again.".to_string())
        }
        NotForwarded::Method => {
            let message = "This MCP endpoint takes POST, GET and DELETE.".to_string();
            (StatusCode::METHOD_NOT_ALLOWED, code::INVALID_REQUEST, message)
        }
        NotForwarded::NotSignedIn(reason) => return Refusal::from(reason).to_client(),
        NotForwarded::Failed(failure) => (status(failure.kind), code::INTERNAL_ERROR, failure.message),
    };
    let response = mcp::Response { id, outcome: Err(RpcError::new(code, message)) };
    let mut response = json_response(status, &response.into());
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST, GET, DELETE"));
    }
    response
}

fn status(kind: FailureKind) -> StatusCode {
    match kind {
        FailureKind::UnknownServer => StatusCode::NOT_FOUND,
        FailureKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        FailureKind::Configuration
        | FailureKind::Authorization
        | FailureKind::Unreachable
        | FailureKind::HttpStatus
        | FailureKind::Protocol
        | FailureKind::Rpc => StatusCode::BAD_GATEWAY,
    }
}
