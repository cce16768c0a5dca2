//! What a client is told when the instance that had its request computed for too long and was ended. Nothing in the
//! instance can answer any more, so the host does, with what it kept of the request.

use bytes::Bytes;
use content_negotiation::{JSON, media_type};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The most that is kept of the body of a request.
const MAX_KEPT_BYTES: usize = 4 << 20;

/// The tool whose answers have an error of the kind `compute` (see docs/scripts.md).
const SCRIPTS: &str = "execute_code";

/// The body of a request, as far as it has been read; it shares the memory of what the component got.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptBody(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    pieces: Vec<Bytes>,
    length: usize,
}

impl KeptBody {
    /// For a request that may be a message; others have nothing that an answer could name.
    pub fn of(method: &Method, headers: &HeaderMap) -> Option<Self> {
        (method == Method::POST && media_type(headers).as_deref() == Some(JSON)).then(Self::default)
    }

    /// Keeps another piece, or nothing any more when it is too much.
    pub fn push(&self, piece: &Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.length = kept.length.saturating_add(piece.len());
        match kept.length <= MAX_KEPT_BYTES {
            true => kept.pieces.push(piece.clone()),
            false => kept.pieces.clear(),
        }
    }

    fn read(&self) -> Option<Value> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).pieces.concat();
        serde_json::from_slice(&bytes).ok()
    }
}

/// The answer to the message in the body, if it is one that is answered.
pub(super) fn message(body: Option<&KeptBody>, limit: Duration) -> Option<Value> {
    let request = body?.read()?;
    let id = request.get("id").filter(|id| id.is_string() || id.is_number())?;
    let text = explanation(limit);
    if request["method"] != "tools/call" {
        let error = json!({"code": -32603, "message": text, "data": {"kind": "compute"}});
        return request.get("method").map(|_| json!({"jsonrpc": "2.0", "id": id, "error": error}));
    }
    let mut result = json!({"content": [{"type": "text", "text": text}], "isError": true, "resultType": "complete"});
    if request["params"]["name"] == SCRIPTS {
        let error = json!({"kind": "compute", "message": text});
        result["structuredContent"] = json!({"error": error, "logs": [], "calls": [], "truncated": false});
    }
    Some(json!({"jsonrpc": "2.0", "id": id, "result": result}))
}

/// The answer to the message in the body; without one, an HTTP error.
pub(super) fn response(body: Option<&KeptBody>, limit: Duration) -> Response<String> {
    let Some(message) = message(body, limit) else {
        return super::refusal::problem(StatusCode::INTERNAL_SERVER_ERROR, &explanation(limit));
    };
    let mut response = Response::new(message.to_string());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

/// The same as an event of a stream whose answer was still to come.
pub(super) fn event(body: Option<&KeptBody>, limit: Duration) -> Option<Bytes> {
    message(body, limit).map(|message| format!("event: message\ndata: {message}\n\n").into())
}

fn explanation(limit: Duration) -> String {
    let limit_ms = limit.as_millis();
    format!(
        "compute: this request computed for longer than {limit_ms} ms without waiting for anything, and the host ended it (run_compute and a grace). Calls that it had made before may have taken effect. Do less in one run."
    )
}
