use futures::lock::Mutex;
use std::{
    cell::{Cell, RefCell},
    future::Future,
};

/// Work that those who want it at the same time do once and share.
///
/// One does it, in a task of its own; the others wait for their turn and take its outcome. Nobody polls
/// another's future: a WASI task may only wait for what it started itself. When the one that works is
/// dropped, the next in line begins anew.
pub struct Flight<T> {
    turn: Mutex<()>,
    landed: Cell<u64>,
    outcome: RefCell<Option<T>>,
}

impl<T: Clone> Flight<T> {
    /// Does the work, or takes the outcome of what was under way when this was called.
    pub async fn join<F: Future<Output = T>>(&self, work: impl FnOnce() -> F) -> T {
        let seen = self.landed.get();
        let _turn = self.turn.lock().await;
        if self.landed.get() != seen
            && let Some(outcome) = self.outcome.borrow().clone()
        {
            return outcome;
        }
        let outcome = work().await;
        self.outcome.replace(Some(outcome.clone()));
        self.landed.set(seen + 1);
        outcome
    }
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self { turn: Mutex::new(()), landed: Cell::new(0), outcome: RefCell::new(None) }
    }
}
