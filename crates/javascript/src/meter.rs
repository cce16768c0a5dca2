//! Counts interpreter steps.

use std::cell::Cell;

/// The steps that a session has used, and may use.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: u64,
    used: Cell<u64>,
}

impl Meter {
    /// QuickJS asks its interrupt handler once in so many loop iterations, branches and calls.
    pub(crate) const POLL_INTERVAL: u64 = 10_000;

    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, used: Cell::new(0) }
    }

    /// Uses up steps; `false` when there are none left. What is used up stays used up.
    pub(crate) fn charge(&self, steps: u64) -> bool {
        self.used.set(self.used.get().saturating_add(steps));
        !self.is_exhausted()
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.used.get() > self.limit
    }

    pub(crate) fn used(&self) -> u64 {
        self.used.get()
    }
}
