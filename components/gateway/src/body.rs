//! The bodies of requests.

use crate::{components::HostClock, configuration::Configuration, refusal::Refusal};
use code_mode::platform::Clock;
use futures::future::{Either, select};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use spin_sdk::{http::Request, wasip3::http_compat::IncomingRequestBody};
use std::pin::pin;

/// Reads a request whole. A body over the limit is refused as soon as that is known, and is not kept; one that does not
/// come to its end in time neither.
pub async fn read(request: Request<IncomingRequestBody>, configuration: &Configuration) -> Result<Vec<u8>, Refusal> {
    let (limit_bytes, limit_ms) = (configuration.request_body_bytes(), configuration.settings.request_timeout);
    let collected = Limited::new(request.into_body(), limit_bytes).collect();
    match select(pin!(collected), pin!(HostClock.sleep_ms(limit_ms))).await {
        Either::Left((Ok(body), _)) => Ok(body.to_bytes().into()),
        Either::Left((Err(error), _)) if error.is::<LengthLimitError>() => Err(Refusal::BodyTooLarge { limit_bytes }),
        Either::Left((Err(error), _)) => Err(Refusal::BodyBrokeOff(error.to_string())),
        Either::Right(_) => Err(Refusal::BodyTimedOut { limit_ms }),
    }
}
