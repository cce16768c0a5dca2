use http::{Method, StatusCode, request::Parts};
use mcp::{Id, InvalidMessage, Response, RpcError, code};
use mcp_server::{HttpResponse, expect_json, json_response};
use serde::de::IgnoredAny;
use usage::{FailureKind, Outcome};

/// An answer of the gateway itself, and how the request ended by it.
pub(super) struct Own {
    pub response: HttpResponse,
    pub outcome: Outcome,
}

impl Own {
    /// An answer to what the gateway did not let through.
    pub fn refused(response: HttpResponse) -> Self {
        Self { response, outcome: Outcome::Failed(FailureKind::Refused) }
    }

    /// A JSON-RPC error to what the gateway did not let through.
    pub fn error(status: StatusCode, id: Option<Id>, error: RpcError) -> Self {
        Self::refused(json_response(status, &Response { id, outcome: Err(error) }.into()))
    }

    /// The same, about no request.
    pub fn bad_request(message: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, None, RpcError::new(code::INVALID_REQUEST, message))
    }

    /// The answer to what is no message.
    pub fn invalid(message: InvalidMessage) -> Self {
        Self::error(StatusCode::BAD_REQUEST, message.id, message.error)
    }

    /// The answer to a message that is not one JSON value in UTF-8, or says that it is something else: whoever reads it
    /// in another way reads another message.
    pub fn unreadable(parts: &Parts, body: &[u8]) -> Option<Self> {
        if parts.method != Method::POST {
            return None;
        }
        if let Err(response) = expect_json(&parts.headers) {
            return Some(Self::refused(*response));
        }
        let reason = match str::from_utf8(body) {
            Ok(text) => serde_json::from_str::<IgnoredAny>(text).err()?.to_string(),
            Err(error) => error.to_string(),
        };
        let error = RpcError::new(code::PARSE_ERROR, format!("The body is not JSON: {reason}"));
        Some(Self::error(StatusCode::BAD_REQUEST, None, error))
    }
}

/// Of two outcomes the one that is further from a success, or the first one.
pub(super) fn worse(one: Outcome, other: Outcome) -> Outcome {
    let distance = |outcome| match outcome {
        Outcome::OwnAnswer => 0,
        Outcome::Ok => 1,
        Outcome::ToolError => 2,
        Outcome::Failed(_) => 3,
    };
    if distance(other) > distance(one) { other } else { one }
}
