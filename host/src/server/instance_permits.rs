//! Which requests may have an instance, and who is next.
//!
//! A free permit goes to the caller that has the fewest, and of several to the one that has waited longest; of one
//! caller's requests the oldest is first. No caller has more than a share, so that there are some for others even when
//! nobody waits.

use super::caller::Caller;
use super::counts::Counts;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Gives permits.
#[derive(Clone, Debug)]
pub(super) struct InstancePermits(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    total: usize,
    per_caller: usize,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    taken: usize,
    taken_by: Counts<Caller>,
    /// Those that wait, oldest first.
    waiting: HashMap<Caller, BTreeMap<u64, oneshot::Sender<InstancePermit>>>,
    /// Requests that have waited so far.
    count: u64,
}

/// A request has an instance until this is dropped.
#[derive(Debug)]
pub(super) struct InstancePermit {
    permits: Arc<Inner>,
    caller: Caller,
}

/// None became free in time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WaitedTooLong;

impl InstancePermits {
    /// So many in all, and so many of them for one caller.
    pub fn new(total: usize, per_caller: usize) -> Self {
        Self(Arc::new(Inner { total, per_caller, queue: Mutex::default() }))
    }

    /// Waits for a permit, `limit` at the most.
    pub async fn acquire(&self, caller: Caller, limit: Duration) -> Result<InstancePermit, WaitedTooLong> {
        let mut waiting = match self.0.clone().take_or_wait(caller) {
            Ok(permit) => return Ok(permit),
            Err(waiting) => waiting,
        };
        let granted = timeout(limit, &mut waiting.granted).await;
        granted.ok().and_then(Result::ok).ok_or(WaitedTooLong)
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_or_wait(self: Arc<Self>, caller: Caller) -> Result<InstancePermit, Waiting> {
        let mut queue = self.queue();
        // Nobody is passed: where there is a free one, those that wait have their share.
        if queue.taken < self.total && queue.taken_by.get(&caller) < self.per_caller {
            queue.take(caller);
            drop(queue);
            return Ok(InstancePermit { permits: self, caller });
        }
        let (grant, granted) = oneshot::channel();
        let number = queue.count;
        queue.count += 1;
        queue.waiting.entry(caller).or_default().insert(number, grant);
        drop(queue);
        Err(Waiting { permits: self, caller, number, granted })
    }

    /// Gives what is free to those that wait.
    fn grant(self: &Arc<Self>) {
        loop {
            let mut queue = self.queue();
            if queue.taken >= self.total {
                return;
            }
            let Some((caller, grant)) = queue.next(self.per_caller) else { return };
            queue.take(caller);
            drop(queue);
            // One that left meanwhile gives it back, and the next is looked for.
            drop(grant.send(InstancePermit { permits: self.clone(), caller }));
        }
    }
}

impl Queue {
    fn take(&mut self, caller: Caller) {
        self.taken += 1;
        self.taken_by.increment(caller);
    }

    /// Takes who is next from those that wait.
    fn next(&mut self, per_caller: usize) -> Option<(Caller, oneshot::Sender<InstancePermit>)> {
        let oldest = self.waiting.iter().filter_map(|(caller, waiting)| Some((caller, *waiting.first_key_value()?.0)));
        let candidates = oldest.map(|(caller, number)| (self.taken_by.get(caller), number, *caller));
        let (_, number, caller) =
            candidates.filter(|(taken, ..)| *taken < per_caller).min_by_key(|(taken, number, _)| (*taken, *number))?;
        self.remove(caller, number).map(|grant| (caller, grant))
    }

    fn remove(&mut self, caller: Caller, number: u64) -> Option<oneshot::Sender<InstancePermit>> {
        let of_caller = self.waiting.get_mut(&caller)?;
        let removed = of_caller.remove(&number);
        if of_caller.is_empty() {
            self.waiting.remove(&caller);
        }
        removed
    }
}

impl Drop for InstancePermit {
    fn drop(&mut self) {
        let mut queue = self.permits.queue();
        queue.taken -= 1;
        queue.taken_by.decrement(&self.caller);
        drop(queue);
        self.permits.grant();
    }
}

/// Stands in the queue until it is dropped.
struct Waiting {
    permits: Arc<Inner>,
    caller: Caller,
    number: u64,
    granted: oneshot::Receiver<InstancePermit>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.permits.queue().remove(self.caller, self.number);
    }
}
