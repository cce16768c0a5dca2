//! Whether a server refuses `initialize`, being of the modern era only.

use super::body::Body;
use bytes::Bytes;
use content_negotiation::{EVENTS, JSON, media_type};
use futures::Stream;
use http::{HeaderMap, Response, StatusCode};
use mcp_client::{TransportError, sse::Parser};
use serde_json::Value;

/// Bytes of an answer that are looked at.
const LOOKED_AT_BYTES: usize = 1 << 20;

/// Whether an answer to `initialize` is a refusal: a client error, or a JSON-RPC error at any status, as JSON or as an
/// event. What is looked at stays in the answer. Fails where the answer breaks off.
pub(super) async fn is_refusal<B>(answer: &mut Response<Body<B>>) -> Result<bool, TransportError>
where
    B: Stream<Item = Result<Bytes, TransportError>> + Unpin,
{
    if answer.status().is_client_error() {
        return Ok(answer.status() != StatusCode::TOO_MANY_REQUESTS);
    }
    let Some(mut search) = Search::in_answer(answer.headers()) else { return Ok(false) };
    let mut looked_at = 0;
    while let Some(chunk) = answer.body_mut().look().await {
        let chunk = chunk?;
        looked_at += chunk.len();
        match search.take(&chunk) {
            Some(is_error) => return Ok(is_error),
            None if looked_at > LOOKED_AT_BYTES => return Ok(false),
            None => {}
        }
    }
    Ok(search.is_error_at_the_end())
}

/// A search for the JSON-RPC response.
enum Search {
    Json(Vec<u8>),
    Events(Parser),
}

impl Search {
    /// `None`: there is no response to be found.
    fn in_answer(headers: &HeaderMap) -> Option<Self> {
        match media_type(headers)?.as_str() {
            JSON => Some(Self::Json(Vec::new())),
            EVENTS => Some(Self::Events(Parser::new(LOOKED_AT_BYTES))),
            _ => None,
        }
    }

    /// Whether the response is an error, once it is there.
    fn take(&mut self, chunk: &[u8]) -> Option<bool> {
        match self {
            Self::Json(text) => {
                text.extend_from_slice(chunk);
                None
            }
            Self::Events(parser) => {
                let mut events = Vec::new();
                if parser.push(chunk, &mut events).is_err() {
                    return Some(false);
                }
                events.iter().find_map(|event| is_error(event.data.as_bytes()))
            }
        }
    }

    fn is_error_at_the_end(&self) -> bool {
        match self {
            Self::Json(text) => is_error(text).unwrap_or(false),
            Self::Events(_) => false,
        }
    }
}

/// Whether a response is an error; `None` for anything else.
fn is_error(message: &[u8]) -> Option<bool> {
    let message: Value = serde_json::from_slice(message).ok()?;
    let has_error = message.get("error").is_some();
    (has_error || message.get("result").is_some()).then_some(has_error)
}
