//! What the host answers in place of the component: problem details (RFC 9457).

use super::admission::AdmissionError;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use std::time::Duration;

/// When a client that is refused should try again, in seconds.
const RETRY_AFTER_S: u64 = 1;

/// Why the host answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The request cannot be handed on.
    Malformed(&'static str),
    /// There are too many requests.
    Admission(AdmissionError),
    /// No instance became free in time.
    NoInstance { waited: Duration },
    /// There are too many requests for the gateway's health.
    HealthChecks,
    /// The connection is about to be closed for others.
    Evicted,
    /// The component gave no answer.
    Failed,
}

impl Refusal {
    pub fn response(self) -> Response<String> {
        let mut response = problem(self.status(), &self.detail());
        let headers = response.headers_mut();
        if matches!(self.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
        }
        if self == Self::Evicted {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Admission(AdmissionError::Caller | AdmissionError::Peer) => StatusCode::TOO_MANY_REQUESTS,
            Self::Admission(AdmissionError::Total) | Self::NoInstance { .. } | Self::HealthChecks | Self::Evicted => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn detail(self) -> String {
        match self {
            Self::Malformed(reason) => reason.to_owned(),
            Self::Admission(AdmissionError::Caller) => {
                "this caller has as many requests under way as one may have; wait until some of them are answered"
                    .to_owned()
            }
            Self::Admission(AdmissionError::Peer) => {
                "from this address there are as many requests under way as there may be; wait until some are answered"
                    .to_owned()
            }
            Self::Admission(AdmissionError::Total) => {
                "there are as many requests under way as the host takes; try again".to_owned()
            }
            Self::NoInstance { waited } => {
                format!("no instance became free within {} ms; try again", waited.as_millis())
            }
            Self::HealthChecks => "there are as many health checks as the host takes; try again".to_owned(),
            Self::Evicted => "the connection was closed to make room for others; try again".to_owned(),
            Self::Failed => "the component failed; see the log of the host".to_owned(),
        }
    }
}

/// Problem details of a status without a type of its own.
pub(super) fn problem(status: StatusCode, detail: &str) -> Response<String> {
    let body = json!({"title": status.canonical_reason(), "status": status.as_u16(), "detail": detail});
    let mut response = Response::new(body.to_string());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
