use mcp_client::{Clock, Flight};
use std::{cell::Cell, future::Future};

/// Work that an instance does once. Those who come meanwhile wait for it; when it is given up, the next one does it.
#[derive(Default)]
pub(crate) struct Once {
    is_done: Cell<bool>,
    flight: Flight<()>,
}

impl Once {
    /// Does the work, unless it has been done.
    pub async fn run<F: Future<Output = ()>>(&self, clock: &impl Clock, work: impl FnOnce() -> F) {
        if self.is_done.get() {
            return;
        }
        let unless_done = || async {
            // Somebody may have done it while this one waited for the turn of one who gave it up.
            if !self.is_done.get() {
                work().await;
                self.is_done.set(true);
            }
        };
        self.flight.join(clock, unless_done).await;
    }
}
