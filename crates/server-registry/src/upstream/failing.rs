use crate::failure::Failure;
use mcp_client::Deadlines;
use serde::{Deserialize, Serialize};

/// For how long a server is not asked again for its tools, at least and at most.
const SHORTEST_PAUSE_MS: u64 = 3_000;
const LONGEST_PAUSE_MS: u64 = 60_000;
/// What failed sooner delays nobody: it is tried again while somebody waits.
const NOTICEABLE_MS: u64 = 1_000;
/// For how long after the pause a failure that took its time is still told at once, while the server is asked again
/// behind the answer.
const GRACE_MS: u64 = 600_000;

/// That a server's tools could not be had, and for how long nobody is to wait for them again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Failing {
    pub failure: Failure,
    failed_unix_ms: u64,
    /// How long it took.
    lost_ms: u64,
    pause_ms: u64,
    /// How long it might have taken: who waits longer may have success.
    deadlines_ms: [u64; 2],
}

impl Failing {
    /// A failure now, after `lost_ms`. Should it not be the first, the pause doubles.
    pub fn new(failure: Failure, lost_ms: u64, previous: Option<&Self>, deadlines: &Deadlines, now_ms: u64) -> Self {
        let previous_pause_ms = previous.filter(|previous| previous.is_told(now_ms)).map_or(0, |last| last.pause_ms);
        let grown_ms = if lost_ms < NOTICEABLE_MS { 0 } else { lost_ms.max(2 * previous_pause_ms) };
        Self {
            failure,
            failed_unix_ms: now_ms,
            lost_ms,
            pause_ms: grown_ms.clamp(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS),
            deadlines_ms: limits(deadlines),
        }
    }

    /// Whether the server is left alone.
    pub fn is_paused(&self, now_ms: u64) -> bool {
        self.is_within(self.pause_ms, now_ms)
    }

    /// Whether it is told without asking the server.
    pub fn is_told(&self, now_ms: u64) -> bool {
        self.is_paused(now_ms) || (self.is_noticeable() && self.is_within(self.pause_ms + GRACE_MS, now_ms))
    }

    /// Whether somebody who waited for it would have been delayed.
    pub fn is_noticeable(&self) -> bool {
        self.lost_ms >= NOTICEABLE_MS
    }

    /// Whether it came about with these deadlines.
    pub fn is_of(&self, deadlines: &Deadlines) -> bool {
        self.deadlines_ms == limits(deadlines)
    }

    /// A clock that was set back must not make it count for ever.
    fn is_within(&self, ms: u64, now_ms: u64) -> bool {
        (self.failed_unix_ms..self.failed_unix_ms.saturating_add(ms)).contains(&now_ms)
    }
}

/// Those of a list.
fn limits(deadlines: &Deadlines) -> [u64; 2] {
    [deadlines.handshake_ms, deadlines.catalog_ms]
}
