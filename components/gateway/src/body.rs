//! The bodies of requests.

use crate::refusal::Refusal;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use spin_sdk::{http::Request, wasip3::http_compat::IncomingRequestBody};

/// Reads a request whole. A body over the limit is refused as soon as that is known, and is not kept.
pub async fn read(request: Request<IncomingRequestBody>, limit_bytes: usize) -> Result<Vec<u8>, Refusal> {
    match Limited::new(request.into_body(), limit_bytes).collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::BodyTooLarge { limit_bytes }),
        Err(error) => Err(Refusal::BodyBrokeOff(error.to_string())),
    }
}
