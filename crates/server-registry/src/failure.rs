use http::StatusCode;
use mcp_client::{Error, Problem, TransportError};
use serde::{Deserialize, Serialize};

/// Why the registry could not do what was asked. The text names the server and holds no credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
    /// The JSON-RPC error code, for [`FailureKind::Rpc`].
    pub code: Option<i64>,
    /// The JSON-RPC error data as JSON text, for [`FailureKind::Rpc`].
    pub data: Option<String>,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    UnknownServer,
    Configuration,
    Authorization,
    Unreachable,
    TimedOut,
    HttpStatus,
    Protocol,
    Rpc,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), code: None, data: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match *error.problem {
            Problem::Unreachable { reason: TransportError::SignIn(_), .. } => {
                Self::new(FailureKind::Authorization, message)
            }
            Problem::HttpStatus { status: StatusCode::UNAUTHORIZED, .. } => {
                Self::new(FailureKind::Authorization, message)
            }
            Problem::Unreachable { .. } => Self::new(FailureKind::Unreachable, message),
            Problem::TimedOut { .. } => Self::new(FailureKind::TimedOut, message),
            Problem::HttpStatus { .. } | Problem::Redirect { .. } => Self::new(FailureKind::HttpStatus, message),
            Problem::Protocol { .. } => Self::new(FailureKind::Protocol, message),
            Problem::Rpc { error, .. } => Self {
                kind: FailureKind::Rpc,
                message,
                code: Some(error.code),
                data: error.data.map(|data| data.to_string()),
            },
        }
    }
}
