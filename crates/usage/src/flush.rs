/// An instance writes at most once in so many milliseconds, so that many instances stay below what a store takes (50
/// writes a second at edge platforms).
pub const WRITE_INTERVAL_MS: u64 = 1_000;

/// Whether a tally with something in it is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// Yes.
    Now,
    /// Not yet. If nobody asks again by then, whoever waits should: the last calls are to be written as well.
    After {
        /// 1 to [`WRITE_INTERVAL_MS`].
        ms: u64,
    },
}

/// Decides by the moments of the last attempt to write, if there was one, and of now: the first is made at once, the
/// next ones an interval apart. A clock that was set back holds nothing up.
#[must_use]
pub fn flush(last_write_unix_ms: Option<u64>, now_unix_ms: u64) -> Flush {
    let elapsed_ms = last_write_unix_ms.and_then(|last| now_unix_ms.checked_sub(last));
    match elapsed_ms.and_then(|elapsed| WRITE_INTERVAL_MS.checked_sub(elapsed)) {
        None | Some(0) => Flush::Now,
        Some(ms) => Flush::After { ms },
    }
}
