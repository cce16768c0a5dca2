//! How many requests may be under way or wait: in all, of one caller, and from one address.

use super::caller::{Caller, Peer};
use super::counts::Counts;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most requests at the same time.
#[derive(Clone, Copy, Debug)]
pub(super) struct AdmissionLimits {
    pub total: usize,
    pub per_caller: usize,
    pub per_peer: usize,
}

/// Why a request is refused at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AdmissionError {
    /// Its caller has as many as one may have.
    Caller,
    /// From its address there are as many as may be from one.
    Peer,
    /// There are as many as there may be.
    Total,
}

/// The requests under way.
#[derive(Clone, Debug)]
pub(super) struct Admissions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: AdmissionLimits,
    admitted: Mutex<Admitted>,
}

#[derive(Debug, Default)]
struct Admitted {
    total: usize,
    callers: Counts<Caller>,
    peers: Counts<Peer>,
}

/// A request is under way until this is dropped.
#[derive(Debug)]
pub(super) struct Admission {
    admissions: Arc<Inner>,
    caller: Caller,
    peer: Peer,
}

impl Admissions {
    pub fn new(limits: AdmissionLimits) -> Self {
        Self(Arc::new(Inner { limits, admitted: Mutex::default() }))
    }

    /// Lets a request in, unless there are too many.
    pub fn admit(&self, caller: Caller, peer: Peer) -> Result<Admission, AdmissionError> {
        let limits = self.0.limits;
        let mut admitted = self.0.admitted();
        if admitted.total >= limits.total {
            return Err(AdmissionError::Total);
        }
        if admitted.callers.get(&caller) >= limits.per_caller {
            return Err(AdmissionError::Caller);
        }
        if admitted.peers.get(&peer) >= limits.per_peer {
            return Err(AdmissionError::Peer);
        }
        admitted.total += 1;
        admitted.callers.increment(caller);
        admitted.peers.increment(peer);
        Ok(Admission { admissions: self.0.clone(), caller, peer })
    }
}

impl Inner {
    fn admitted(&self) -> MutexGuard<'_, Admitted> {
        self.admitted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut admitted = self.admissions.admitted();
        admitted.total -= 1;
        admitted.callers.decrement(&self.caller);
        admitted.peers.decrement(&self.peer);
    }
}
