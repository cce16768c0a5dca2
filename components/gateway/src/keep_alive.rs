//! Event streams that are never silent for long.

use crate::components::HostClock;
use bytes::Bytes;
use code_mode::platform::Clock;
use futures::{
    Stream, StreamExt,
    future::{Either, select},
    stream,
};
use http_body::Frame;
use std::pin::pin;

/// How long a stream of a server is silent at the most. Only who writes learns that nobody reads any more, under Spin at
/// least, and proxies close what they take for dead.
const SILENCE_MS: u64 = 3_000;

/// A line that ends no event, should the server be in the middle of one.
const COMMENT: &[u8] = b":\n";

/// The same events, with a comment where none came for a while. It stands between lines, where readers pass over it (HTML,
/// "Server-sent events"); a stream that ends no line with a line feed stays as it is.
pub fn kept_alive<E>(
    frames: impl Stream<Item = Result<Frame<Bytes>, E>>,
) -> impl Stream<Item = Result<Frame<Bytes>, E>> {
    stream::unfold((Box::pin(frames), true), async |(mut frames, mut is_between_lines)| {
        loop {
            match select(frames.next(), pin!(HostClock.sleep_ms(SILENCE_MS))).await {
                Either::Left((frame, _)) => {
                    let frame = frame?;
                    let last = frame.as_ref().ok().and_then(|frame| frame.data_ref()?.last());
                    is_between_lines = last.map_or(is_between_lines, |byte| *byte == b'\n');
                    return Some((frame, (frames, is_between_lines)));
                }
                Either::Right(_) if is_between_lines => {
                    let comment = Frame::data(Bytes::from_static(COMMENT));
                    return Some((Ok(comment), (frames, true)));
                }
                Either::Right(_) => {}
            }
        }
    })
}
