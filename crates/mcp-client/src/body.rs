//! Bodies read whole, up to a limit.

use crate::{
    clock::Clock,
    deadlines::within,
    limits::{ERROR_BODY_BYTES, ERROR_BODY_MS, EXCERPT_CHARACTERS},
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

/// What came of a body that only explains an error, within a short time.
pub(crate) async fn beginning<B>(clock: &impl Clock, mut body: B) -> Vec<u8>
where
    B: Stream<Item = Result<Bytes, TransportError>> + Unpin,
{
    let mut bytes = Vec::new();
    let reading = async {
        while let Some(Ok(chunk)) = body.next().await {
            let room = ERROR_BODY_BYTES - bytes.len();
            bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if bytes.len() == ERROR_BODY_BYTES {
                break;
            }
        }
    };
    // What arrived until then is shown, complete or not.
    let _elapsed = within(clock, ERROR_BODY_MS, reading).await;
    bytes
}

/// A short piece of a body for people: one line, no control characters.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(8 * EXCERPT_CHARACTERS)]).into_owned();
    let words = text.split(|character: char| character.is_whitespace() || character.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT_CHARACTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
