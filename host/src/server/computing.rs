//! How an instance that computes shares the threads with others, and when it has computed for too long.
//!
//! At each epoch a computing instance is asked (see `Epochs`): after a slice it lets others run on its thread, after a
//! while it takes turns with others that compute for long, of which fewer run than there are threads, and at the limit
//! it is ended. What counts is the time of the processor since the instance waited for something last.

use super::request_liveness::InFlight;
use crate::runtime::{EPOCH, Epochs};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::yield_now;
use wasmtime::UpdateDeadline;

/// How long an instance computes before others may run on its thread.
const SLICE: Duration = Duration::from_millis(2);

/// How long an instance computes before it takes turns with others that do.
const SHORT: Duration = Duration::from_millis(10);

/// Turns of instances that compute for long.
pub(crate) type Turns = Arc<Semaphore>;

/// What one instance computes.
#[derive(Debug)]
pub(super) struct Computing {
    epochs: Epochs,
    turns: Turns,
    limit: Duration,
    in_flight: Arc<InFlight>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When it was resumed last.
    resumed: Instant,
    /// The clock of the thread then, where what it does is the continuation of something.
    resumed_cpu: Option<Duration>,
    /// How long it has computed since it waited last, up to then.
    used: Duration,
    /// Whether it lets others run, and goes on by itself.
    yielding: bool,
    turn: Option<OwnedSemaphorePermit>,
}

impl Computing {
    pub fn new(epochs: Epochs, turns: Turns, limit: Duration, in_flight: Arc<InFlight>) -> Arc<Self> {
        let state =
            State { resumed: Instant::now(), resumed_cpu: None, used: Duration::ZERO, yielding: false, turn: None };
        Arc::new(Self { epochs, turns, limit, in_flight, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls what the instance does.
    pub fn poll<T>(&self, poll: impl FnOnce() -> Poll<T>) -> Poll<T> {
        let _running = self.epochs.run();
        self.resume();
        let polled = poll();
        let mut state = self.state();
        if !state.yielding {
            state.used = Duration::ZERO;
            state.turn = None;
        }
        polled
    }

    fn resume(&self) {
        let mut state = self.state();
        state.resumed = Instant::now();
        state.resumed_cpu = if state.used.is_zero() { None } else { thread_time() };
    }

    /// What becomes of the instance when an epoch has begun while it computes.
    pub fn at_epoch(self: &Arc<Self>) -> UpdateDeadline {
        let mut state = self.state();
        let slice = state.resumed.elapsed();
        if slice < SLICE {
            return UpdateDeadline::Continue(1);
        }
        let computed = match (state.resumed_cpu, thread_time()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            // The thread may have been kept from running; what was not measured counts as what was due.
            (None, Some(_)) => slice.min(SLICE + EPOCH),
            (_, None) => slice,
        };
        state.used += computed;
        state.turn = None;
        if state.used > self.limit {
            self.in_flight.set_overran();
            return UpdateDeadline::Interrupt;
        }
        state.yielding = true;
        let takes_turns = state.used > SHORT;
        UpdateDeadline::YieldCustom(1, self.clone().others_first(takes_turns))
    }

    fn others_first(self: Arc<Self>, takes_turns: bool) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            yield_now().await;
            // It is closed by nobody.
            let turn = if takes_turns { self.turns.clone().acquire_owned().await.ok() } else { None };
            let mut state = self.state();
            state.turn = turn;
            state.yielding = false;
        })
    }
}

/// How long this thread has run.
#[cfg(unix)]
fn thread_time() -> Option<Duration> {
    nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID).ok().map(Duration::from)
}

/// How long this thread has run, which cannot be told here.
#[cfg(not(unix))]
fn thread_time() -> Option<Duration> {
    None
}
