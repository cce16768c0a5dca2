//! Bodies read whole, up to a limit.

use crate::{
    clock::Clock,
    deadlines::within,
    limits::{ERROR_BODY_BYTES, ERROR_BODY_MS},
    transport::TransportError,
};
use bytes::Bytes;
use futures::{Stream, StreamExt};

/// Why a body could not be read whole.
#[derive(Debug)]
pub enum BodyFault {
    /// The connection broke.
    Broken(TransportError),
    /// It is larger than the limit; the rest was not read.
    TooLarge,
}

/// The whole body, unless it is larger than the limit.
pub async fn whole<B>(mut body: B, limit_bytes: usize) -> Result<Vec<u8>, BodyFault>
where
    B: Stream<Item = Result<Bytes, TransportError>> + Unpin,
{
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(BodyFault::Broken)?;
        if bytes.len() + chunk.len() > limit_bytes {
            return Err(BodyFault::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// What came of a body that only explains an error, within a short time, and whether it was all of it.
pub(crate) async fn beginning<B>(clock: &impl Clock, mut body: B) -> (Vec<u8>, bool)
where
    B: Stream<Item = Result<Bytes, TransportError>> + Unpin,
{
    let (mut bytes, mut is_whole) = (Vec::new(), false);
    let reading = async {
        loop {
            match body.next().await {
                Some(Ok(chunk)) => {
                    let room = ERROR_BODY_BYTES - bytes.len();
                    bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        return;
                    }
                }
                Some(Err(_)) => return,
                None => {
                    is_whole = true;
                    return;
                }
            }
        }
    };
    // What arrived until then is shown, complete or not.
    let _elapsed = within(clock, ERROR_BODY_MS, reading).await;
    (bytes, is_whole)
}
