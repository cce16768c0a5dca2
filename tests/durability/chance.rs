//! What happens by chance. Which request meets which one is the machine's choice anyway, so seeds are not kept.

use std::time::Duration;
use tests::random::{Random, of_this_moment};

/// Random numbers that nobody asks to have again.
pub struct Chance(Random);

impl Chance {
    /// Another one for each number, and at each moment.
    pub fn new(number: usize) -> Self {
        Self(Random::of(of_this_moment() ^ (number as u64) << 32))
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0.below(limit)
    }

    /// A time from `shortest_ms` to before `longest_ms`.
    pub fn between(&mut self, shortest_ms: u64, longest_ms: u64) -> Duration {
        Duration::from_millis(shortest_ms + self.below(longest_ms - shortest_ms))
    }
}
