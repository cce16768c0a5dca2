use crate::clock::Clock;
use std::{
    cell::{Cell, RefCell},
    future::Future,
    time::Duration,
};

/// When those who wait look for the first time; each time the pause doubles, up to the longest.
const SHORTEST_PAUSE_MS: u64 = 1;
const LONGEST_PAUSE_MS: u64 = 16;

/// Work that those who want it at the same time do once and share.
///
/// One does it; the others take its outcome. They look at the clock rather than being woken, since a task
/// of a WASI component may only be woken by what it waits for itself: neither can it poll another task's
/// future, nor can another task use its waker. When the one that works is dropped, another begins anew.
pub struct Flight<T> {
    under_way: Cell<bool>,
    landed: Cell<u64>,
    outcome: RefCell<Option<T>>,
}

impl<T: Clone> Flight<T> {
    /// Does the work, or takes the outcome of what was under way when this was called.
    pub async fn join<F: Future<Output = T>>(&self, clock: &impl Clock, work: impl FnOnce() -> F) -> T {
        let seen = self.landed.get();
        let mut pause_ms = SHORTEST_PAUSE_MS;
        while self.under_way.get() {
            clock.sleep(Duration::from_millis(pause_ms)).await;
            pause_ms = (2 * pause_ms).min(LONGEST_PAUSE_MS);
        }
        if self.landed.get() != seen
            && let Some(outcome) = self.outcome.borrow().clone()
        {
            return outcome;
        }
        let _turn = Turn::take(&self.under_way);
        let outcome = work().await;
        self.outcome.replace(Some(outcome.clone()));
        self.landed.set(seen.wrapping_add(1));
        outcome
    }
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self { under_way: Cell::new(false), landed: Cell::new(0), outcome: RefCell::new(None) }
    }
}

/// Under way until dropped, however the work ends.
struct Turn<'a>(&'a Cell<bool>);

impl<'a> Turn<'a> {
    fn take(under_way: &'a Cell<bool>) -> Self {
        under_way.set(true);
        Self(under_way)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
