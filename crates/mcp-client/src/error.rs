use crate::{
    deadlines::Deadline,
    excerpt::Excerpt,
    limits::{ERROR_DATA_BYTES, ERROR_TEXT_BYTES},
    transport::TransportError,
};
use http::StatusCode;
use mcp::RpcError;
use redaction::Redactor;
use serde_json::Value;

/// Why a server did not do what was asked. The text names the server and holds no credential.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("Server \"{server}\" {problem}")]
pub struct Error {
    /// Alias of the server.
    pub server: String,
    pub problem: Box<Problem>,
}

/// What went wrong. Each text continues a sentence that begins with the server.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    /// No connection, or it broke.
    #[error("{}", unreachable(origin, reason))]
    Unreachable { origin: String, reason: TransportError },
    /// It took too long.
    #[error("took too long: {deadline} within {after_ms} ms.")]
    TimedOut { deadline: Deadline, after_ms: u64 },
    /// An HTTP status that is neither success nor a JSON-RPC error.
    #[error("answered {method} with HTTP {status}{excerpt}.{}", status_advice(*status, retry_after))]
    HttpStatus { method: String, status: StatusCode, excerpt: Excerpt, retry_after: Option<String> },
    /// A redirect, which could carry credentials elsewhere.
    #[error(
        "answered {method} with a redirect (HTTP {status}) to {target}. Redirects are not followed: put the final URL into its configuration."
    )]
    Redirect { method: String, status: StatusCode, target: String },
    /// The answer is no MCP.
    #[error("answered {method} with {fault}.{}", fault.advice())]
    Protocol { method: String, fault: Fault },
    /// The server answered with a JSON-RPC error.
    #[error("answered {method} with an error: {error}")]
    Rpc { method: String, error: RpcError },
}

/// How an answer is not MCP.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("invalid JSON: {reason}{excerpt}")]
    NotJson { reason: String, excerpt: Excerpt },
    #[error("JSON that is no JSON-RPC response: {reason}")]
    NotJsonRpc { reason: String },
    #[error("the content type {content_type}, not application/json or text/event-stream{excerpt}")]
    ContentType { content_type: String, excerpt: Excerpt },
    #[error("a body compressed as {0}, which was not asked for")]
    Compressed(String),
    #[error("HTTP {0} and no response message")]
    NoResponse(StatusCode),
    #[error("a response to another request")]
    WrongId,
    #[error("two responses to one request")]
    TwoResponses,
    #[error("more than {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    #[error("more than {limit} requests of its own")]
    TooManyRequests { limit: usize },
    #[error("a request of its own whose id is too long for a reply of {limit_bytes} bytes")]
    LongId { limit_bytes: usize },
    #[error("a stream that ended before the response{detail}")]
    Unfinished { detail: String },
    #[error("a result of the wrong shape: {0}")]
    Result(String),
    #[error("a tool list of more than {limit} {what}")]
    EndlessList { limit: usize, what: &'static str },
    #[error("a tool list that repeats its cursor")]
    RepeatedCursor,
    #[error("protocol version {offered}; this gateway speaks 2024-11-05 to 2026-07-28")]
    Version { offered: String },
    #[error("a request for input ({asked}), which the gateway cannot pass on here")]
    InputRequired { asked: String },
    /// JSON-RPC error -32021: what the server wants of its client, which here is the gateway.
    #[error(
        "a demand for a capability that the gateway does not offer to servers here, whatever its own client can do: {said}"
    )]
    MissingCapability { said: String },
}

impl Error {
    /// The same without credentials, and no longer than errors may be. Credentials go first: of one that is cut the rest
    /// would be left.
    pub(crate) fn cleaned(mut self, redactor: &Redactor) -> Self {
        let text = |text: &mut String| *text = truncation::text(&redactor.redact(text), ERROR_TEXT_BYTES).into_owned();
        match &mut *self.problem {
            Problem::Unreachable { reason, .. } => reason.texts().for_each(text),
            Problem::TimedOut { .. } => {}
            Problem::HttpStatus { excerpt, retry_after, .. } => {
                excerpt.cut(redactor);
                retry_after.iter_mut().for_each(text);
            }
            Problem::Redirect { target, .. } => text(target),
            Problem::Protocol { fault, .. } => {
                fault.excerpts().for_each(|excerpt| excerpt.cut(redactor));
                fault.texts().for_each(text);
            }
            Problem::Rpc { error, .. } => {
                text(&mut error.message);
                error.data = error.data.take().map(|data| cleaned_data(data, redactor));
            }
        }
        self
    }
}

fn cleaned_data(mut data: Value, redactor: &Redactor) -> Value {
    const ADVICE: &str = "A server may say less in an error.";
    redactor.redact_value(&mut data);
    truncation::value(data, ERROR_DATA_BYTES, "data of the error", ADVICE).0
}

impl Fault {
    fn advice(&self) -> &'static str {
        match self {
            Self::ContentType { .. } => " Is its URL that of an MCP endpoint?",
            _ => "",
        }
    }

    /// What of it a server has written.
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let text = match self {
            Self::NotJson { reason: text, .. }
            | Self::ContentType { content_type: text, .. }
            | Self::NotJsonRpc { reason: text }
            | Self::Compressed(text)
            | Self::Result(text)
            | Self::Unfinished { detail: text }
            | Self::Version { offered: text }
            | Self::MissingCapability { said: text }
            | Self::InputRequired { asked: text } => Some(text),
            Self::NoResponse(_)
            | Self::WrongId
            | Self::TwoResponses
            | Self::TooLarge { .. }
            | Self::TooManyRequests { .. }
            | Self::LongId { .. }
            | Self::EndlessList { .. }
            | Self::RepeatedCursor => None,
        };
        text.into_iter()
    }

    fn excerpts(&mut self) -> impl Iterator<Item = &mut Excerpt> {
        let excerpt = match self {
            Self::NotJson { excerpt, .. } | Self::ContentType { excerpt, .. } => Some(excerpt),
            _ => None,
        };
        excerpt.into_iter()
    }
}

impl TransportError {
    /// What of it somebody else may have written.
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let text = match self {
            Self::Tls(text) | Self::Broken(text) | Self::Unavailable(text) | Self::SignIn(text) => Some(text),
            Self::Refused | Self::UnknownHost | Self::Denied | Self::ConnectTimeout | Self::TooLate => None,
        };
        text.into_iter()
    }
}

fn unreachable(origin: &str, reason: &TransportError) -> String {
    match reason {
        TransportError::Broken(how) => format!("broke off the exchange with {origin}: {how}."),
        TransportError::SignIn(why) => format!("was not asked, since the gateway could not sign in. {why}"),
        TransportError::Refused => format!("cannot be reached at {origin}: {reason}. Is it running?"),
        TransportError::UnknownHost => format!("cannot be reached at {origin}: {reason}. Check its URL."),
        reason => format!("cannot be reached at {origin}: {reason}."),
    }
}

fn status_advice(status: StatusCode, retry_after: &Option<String>) -> String {
    match (status, retry_after) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => " Check the headers of its configuration.".to_string(),
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => {
            " Is its URL that of an MCP endpoint?".to_string()
        }
        (_, Some(delay)) => format!(" It says: retry after {delay}."),
        _ => String::new(),
    }
}
