//! What happens by chance. Which request meets which one is the machine's choice anyway, so seeds are not kept.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// SplitMix64.
pub struct Chance(u64);

impl Chance {
    /// Another one for each number, and at each moment.
    pub fn new(number: usize) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
        Self(now.as_nanos() as u64 ^ (number as u64) << 32)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// A time from `shortest_ms` to before `longest_ms`.
    pub fn between(&mut self, shortest_ms: u64, longest_ms: u64) -> Duration {
        Duration::from_millis(shortest_ms + self.below(longest_ms - shortest_ms))
    }
}
