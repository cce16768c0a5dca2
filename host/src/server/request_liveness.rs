//! Whether a client still waits for what an instance does.
//!
//! WebAssembly cannot be told from outside that its caller is gone, and an instance may serve several callers. So each
//! request has a guard from the moment it arrives until its response has been sent: when the client leaves before that,
//! the request is abandoned. An instance with abandoned requests and no others is disposed of, which ends all that it
//! does and closes its connections (see `instance`).

use futures::future::{BoxFuture, Shared};
use futures::task::AtomicWaker;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};

/// Ready as soon as the server stops.
pub(super) type Shutdown = Shared<BoxFuture<'static, ()>>;

/// Counts the requests of one instance.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    awaited: AtomicUsize,
    abandoned: AtomicUsize,
    /// Whether the instance was ended since it computed for too long.
    overran: AtomicBool,
    /// Whether the instance trapped.
    failed: AtomicBool,
    /// Woken when a count changes.
    pub changed: AtomicWaker,
}

impl InFlight {
    /// Whether work goes on that nobody waits for, and none that somebody waits for.
    pub fn is_abandoned(&self) -> bool {
        self.abandoned.load(SeqCst) > 0 && self.awaited.load(SeqCst) == 0
    }

    /// Records that the instance computed for too long.
    pub fn set_overran(&self) {
        self.overran.store(true, SeqCst);
    }

    /// Whether the instance computed for too long.
    pub fn overran(&self) -> bool {
        self.overran.load(SeqCst)
    }

    /// Records that the instance trapped.
    pub fn set_failed(&self) {
        self.failed.store(true, SeqCst);
    }

    /// The instance came to rest by itself: forgets who left.
    pub fn settle(&self) {
        self.abandoned.store(0, SeqCst);
    }
}

/// Where a request is.
#[derive(Debug)]
enum RequestState {
    /// No instance has taken it yet.
    Queued,
    /// In this instance.
    At(Arc<InFlight>),
    /// Its client has left, or has the whole response.
    Over { abandoned: bool },
}

/// The instance's end of a request.
#[derive(Debug)]
pub(super) struct RequestHandle(Arc<Mutex<RequestState>>);

/// The client's end of a request. Dropping it without `complete` abandons the request.
#[derive(Debug)]
pub(super) struct ClientGuard(Arc<Mutex<RequestState>>);

/// The two ends of a new request.
pub(super) fn track() -> (ClientGuard, RequestHandle) {
    let state = Arc::new(Mutex::new(RequestState::Queued));
    (ClientGuard(state.clone()), RequestHandle(state))
}

impl RequestHandle {
    /// Whether the client has the whole response.
    pub fn is_delivered(&self) -> bool {
        matches!(*self.0.lock().unwrap_or_else(PoisonError::into_inner), RequestState::Over { abandoned: false })
    }

    /// An instance takes the request.
    pub fn taken_by(&self, in_flight: &Arc<InFlight>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            RequestState::Over { abandoned } => {
                in_flight.abandoned.fetch_add(usize::from(*abandoned), SeqCst);
                in_flight.changed.wake();
            }
            _ => {
                in_flight.awaited.fetch_add(1, SeqCst);
                *state = RequestState::At(in_flight.clone());
            }
        }
    }
}

impl ClientGuard {
    /// Whether the instance that has the request was ended since it computed for too long.
    pub fn overran(&self) -> bool {
        self.is(InFlight::overran)
    }

    /// Whether the instance that has the request trapped, so that what there is of a response may not be all.
    pub fn has_failed(&self) -> bool {
        self.is(|in_flight| in_flight.failed.load(SeqCst))
    }

    fn is(&self, predicate: impl Fn(&InFlight) -> bool) -> bool {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            RequestState::At(in_flight) => predicate(in_flight),
            RequestState::Queued | RequestState::Over { .. } => false,
        }
    }

    /// The response has been sent.
    pub fn complete(&self) {
        self.end(false);
    }

    fn end(&self, abandoned: bool) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *state, RequestState::Over { abandoned });
        match before {
            RequestState::Over { abandoned } => *state = RequestState::Over { abandoned },
            RequestState::Queued => {}
            RequestState::At(in_flight) => {
                in_flight.abandoned.fetch_add(usize::from(abandoned), SeqCst);
                in_flight.awaited.fetch_sub(1, SeqCst);
                in_flight.changed.wake();
            }
        }
    }
}

impl Drop for ClientGuard {
    fn drop(&mut self) {
        self.end(true);
    }
}
