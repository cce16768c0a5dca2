use mcp_client::Clock;
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

/// A clock that stands still until everybody waits, and then leaps.
#[derive(Debug, Clone, Default)]
pub struct VirtualClock {
    now_ms: Rc<Cell<u64>>,
    sleepers: Rc<RefCell<Vec<(u64, Waker)>>>,
}

impl VirtualClock {
    /// Moves on to the next moment that somebody sleeps until; false when nobody sleeps.
    pub(crate) fn leap(&self) -> bool {
        let next = self.sleepers.borrow().iter().map(|(until_ms, _)| *until_ms).min();
        let Some(next) = next else { return false };
        self.now_ms.set(next.max(self.now_ms.get()));
        self.wake();
        true
    }

    /// Moves on by some milliseconds.
    pub fn advance(&self, ms: u64) {
        self.now_ms.set(self.now_ms.get() + ms);
        self.wake();
    }

    fn wake(&self) {
        let now_ms = self.now_ms.get();
        let due: Vec<_> = self.sleepers.borrow_mut().extract_if(.., |(until_ms, _)| *until_ms <= now_ms).collect();
        due.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

impl Clock for VirtualClock {
    fn monotonic_ms(&self) -> u64 {
        self.now_ms.get()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let until_ms = self.now_ms.get().saturating_add(duration_ms);
        poll_fn(move |task| {
            if self.now_ms.get() >= until_ms {
                return Poll::Ready(());
            }
            self.sleepers.borrow_mut().push((until_ms, task.waker().clone()));
            Poll::Pending
        })
    }
}
