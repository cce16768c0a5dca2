//! What the gateway answers by itself, in the form of the endpoint: to MCP clients as JSON-RPC, on the admin API as
//! problem details (RFC 9457).

use admin_api::{Problem, ProblemKind};
use contracts::registry::{Failure, FailureKind, NotSignedIn};
use http::{HeaderName, HeaderValue, StatusCode, header};
use mcp::{Response, RpcError, code};
use mcp_server::{ForeignOrigin, HttpResponse, NotLocal, Repeated, json_response};

/// Why a request goes no further.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Repeated(#[from] Repeated),
    #[error(transparent)]
    NotLocal(#[from] NotLocal),
    #[error(transparent)]
    ForeignOrigin(#[from] ForeignOrigin),
    #[error("Send the gateway's key as Authorization: Bearer KEY.")]
    NoKey,
    #[error("The key is not one of this gateway, has expired or was revoked.")]
    WrongKey,
    #[error("This key has used up its requests of this minute; try again in {retry_after_s} s.")]
    TooManyRequests { retry_after_s: u64 },
    #[error("The body is larger than {limit_bytes} bytes, the limit request_body.")]
    BodyTooLarge { limit_bytes: usize },
    #[error("The body could not be read: {0}")]
    BodyBrokeOff(String),
    #[error("The body was not there within {limit_ms} ms, the limit request_timeout.")]
    BodyTimedOut { limit_ms: u64 },
    #[error("There is no mode {0:?}; mode is code (the default) or direct.")]
    UnknownMode(String),
    #[error(
        "There is nothing at {0}; the MCP endpoints are /mcp and /mcp/<alias of a server>, the admin API is /api/v1."
    )]
    UnknownPath(String),
    /// A variable cannot be used; the sentence names it.
    #[error("{0}")]
    Misconfigured(String),
    #[error("The key cannot be checked, since the key-value store does not answer. Try again.")]
    Unchecked,
    /// The store does not answer.
    #[error("{0}")]
    Unavailable(String),
}

impl From<NotSignedIn> for Refusal {
    fn from(reason: NotSignedIn) -> Self {
        match reason {
            NotSignedIn::NotLocal | NotSignedIn::NoKey => Self::NoKey,
            NotSignedIn::WrongKey => Self::WrongKey,
            NotSignedIn::TooManyRequests(retry_after_s) => Self::TooManyRequests { retry_after_s },
            NotSignedIn::Unchecked => Self::Unchecked,
            NotSignedIn::Failed(failure) => failure.into(),
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure.kind {
            FailureKind::Configuration => Self::Misconfigured(failure.message),
            _ => Self::Unavailable(failure.message),
        }
    }
}

impl Refusal {
    /// An HTTP error whose body an MCP client can read too.
    pub fn to_client(&self) -> HttpResponse {
        let outcome = Err(RpcError::new(code::INVALID_REQUEST, self.to_string()));
        let mut response = json_response(self.status(), &Response { id: None, outcome }.into());
        response.headers_mut().extend(self.header());
        response
    }

    /// Problem details.
    pub fn to_operator(&self) -> HttpResponse {
        let problem = Problem::new(self.kind(), self.to_string());
        match self.header() {
            Some((name, value)) => problem.with_header(name, value),
            None => problem,
        }
        .into_response()
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotLocal(_) | Self::ForeignOrigin(_) => StatusCode::FORBIDDEN,
            Self::NoKey | Self::WrongKey => StatusCode::UNAUTHORIZED,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Repeated(_) | Self::BodyBrokeOff(_) | Self::UnknownMode(_) => StatusCode::BAD_REQUEST,
            Self::BodyTimedOut { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::UnknownPath(_) => StatusCode::NOT_FOUND,
            Self::Misconfigured(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unchecked | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn kind(&self) -> ProblemKind {
        match self {
            Self::Repeated(_) => ProblemKind::RepeatedHeader,
            Self::NotLocal(_) => ProblemKind::NotLocal,
            Self::ForeignOrigin(_) => ProblemKind::ForeignOrigin,
            Self::NoKey | Self::WrongKey => ProblemKind::Unauthorized,
            Self::TooManyRequests { .. } => ProblemKind::TooManyRequests,
            Self::BodyTooLarge { .. } => ProblemKind::BodyTooLarge,
            Self::BodyBrokeOff(_) => ProblemKind::IncompleteBody,
            Self::BodyTimedOut { .. } => ProblemKind::BodyTimedOut,
            Self::UnknownMode(_) => ProblemKind::InvalidParameter,
            Self::UnknownPath(_) => ProblemKind::NotFound,
            Self::Misconfigured(_) => ProblemKind::Misconfigured,
            Self::Unchecked | Self::Unavailable(_) => ProblemKind::Unavailable,
        }
    }

    /// The challenge of a 401 (RFC 6750, section 3), or when to come back.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::NoKey => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::WrongKey => {
                Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\"")))
            }
            Self::TooManyRequests { retry_after_s } => Some((header::RETRY_AFTER, HeaderValue::from(*retry_after_s))),
            Self::Unchecked | Self::Unavailable(_) => Some((header::RETRY_AFTER, HeaderValue::from(1))),
            _ => None,
        }
    }
}
