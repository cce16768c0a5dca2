use std::{future::Future, time::Duration};

/// Time, as the client needs it.
pub trait Clock {
    /// Milliseconds since some moment; never goes back.
    fn monotonic_ms(&self) -> u64;

    /// Ends after the duration.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;
}
