use crate::platform::Clock;
use futures::future::{Either, select};
use std::{future::Future, pin::pin};

/// The time that a run may take, from when it was asked for: loading counts as well as the script.
#[derive(Debug, Clone, Copy)]
pub struct WallTime {
    began_us: u64,
    limit_ms: u64,
}

impl WallTime {
    /// Begins now.
    pub fn begin(clock: &impl Clock, limit_ms: u64) -> Self {
        Self { began_us: clock.monotonic_us(), limit_ms }
    }

    /// All of it, in milliseconds.
    pub fn limit_ms(self) -> u64 {
        self.limit_ms
    }

    /// Milliseconds since it began.
    pub fn spent_ms(self, clock: &impl Clock) -> u64 {
        clock.monotonic_us().saturating_sub(self.began_us) / 1_000
    }

    /// Milliseconds until it is over.
    pub fn left_ms(self, clock: &impl Clock) -> u64 {
        self.limit_ms.saturating_sub(self.spent_ms(clock))
    }

    /// Whether it is over.
    pub fn is_over(self, clock: &impl Clock) -> bool {
        self.left_ms(clock) == 0
    }

    /// The outcome of some work, or `None` when it leaves no time.
    pub async fn bound<T>(self, clock: &impl Clock, work: impl Future<Output = T>) -> Option<T> {
        match select(pin!(work), pin!(clock.sleep_ms(self.left_ms(clock)))).await {
            Either::Left((outcome, _)) if !self.is_over(clock) => Some(outcome),
            _ => None,
        }
    }
}
