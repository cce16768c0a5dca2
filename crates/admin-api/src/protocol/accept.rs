//! Media types that the caller reads.

use crate::{Problem, ProblemKind};
use http::HeaderMap;

/// Refuses a caller that reads no JSON (406).
pub(crate) fn check(headers: &HeaderMap) -> Result<(), Problem> {
    match content_negotiation::accepts(headers, "application/json") {
        true => Ok(()),
        false => Err(Problem::new(
            ProblemKind::NotAcceptable,
            "Everything here is application/json, and errors are application/problem+json: send \"Accept: application/json\", or no Accept.",
        )),
    }
}
