//! The connections that are open, and which of them is closed when there are too many: one that has no request under
//! way, of the address that has the most of those, and the one that has been so for the longest.

use super::caller::Peer;
use super::counts::Counts;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many connections may be open.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConnectionLimits {
    /// In all. Those that have a request under way are fewer (see `admission`), so that one can always be closed.
    pub total: usize,
    /// Those that have not sent a request yet.
    pub new: usize,
}

/// The open connections.
#[derive(Clone, Debug)]
pub(super) struct ConnectionTable(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: ConnectionLimits,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    /// How many have a request under way.
    busy: usize,
    /// Those that have none, oldest first.
    waiting: BTreeMap<u64, Waiting>,
    /// How many of those have not sent one yet.
    new: usize,
    /// How often one began to wait.
    count: u64,
}

#[derive(Debug)]
struct Waiting {
    peer: Peer,
    is_new: bool,
    evicted: Arc<Notify>,
}

/// A connection is open until this is dropped.
#[derive(Debug)]
pub(super) struct Connection {
    connections: Arc<Inner>,
    peer: Peer,
    evicted: Arc<Notify>,
    /// Where it is among those that wait, if it does.
    number: Mutex<Option<u64>>,
}

/// A connection has a request under way until this is dropped.
#[derive(Debug)]
pub(super) struct BusyConnection(Arc<Connection>);

impl ConnectionTable {
    pub fn new(limits: ConnectionLimits) -> Self {
        Self(Arc::new(Inner { limits, open: Mutex::default() }))
    }

    /// Another connection is there, for which one that waits may be closed; `true` where there were too many in all.
    pub fn open(&self, peer: Peer) -> (Arc<Connection>, bool) {
        let (limits, evicted) = (self.0.limits, Arc::new(Notify::new()));
        let mut open = self.0.open();
        let is_full = open.busy + open.waiting.len() >= limits.total;
        if open.new >= limits.new {
            open.evict(|waiting| waiting.is_new);
        } else if is_full {
            open.evict(|_| true);
        }
        let number = open.wait(Waiting { peer, is_new: true, evicted: evicted.clone() });
        drop(open);
        let connection = Connection { connections: self.0.clone(), peer, evicted, number: Mutex::new(Some(number)) };
        (Arc::new(connection), is_full)
    }
}

impl Connection {
    /// Who is at the other end.
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// Waits until the connection is to be closed to make room.
    pub async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// Whether it has not sent a request yet.
    pub fn is_new(&self) -> bool {
        let number = self.number();
        let open = self.connections.open();
        number.and_then(|number| open.waiting.get(&number)).is_some_and(|waiting| waiting.is_new)
    }

    /// A request is there; `None` where the connection is about to be closed.
    pub fn begin_request(self: Arc<Self>) -> Option<BusyConnection> {
        let number = self.number().take();
        let mut open = self.connections.open();
        if let Some(number) = number {
            open.leave(number)?;
        }
        open.busy += 1;
        drop(open);
        Some(BusyConnection(self))
    }

    fn number(&self) -> MutexGuard<'_, Option<u64>> {
        self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(number) = self.number().take() {
            self.connections.open().leave(number);
        }
    }
}

impl Drop for BusyConnection {
    fn drop(&mut self) {
        let Connection { connections, peer, evicted, .. } = &*self.0;
        let mut open = connections.open();
        open.busy -= 1;
        let number = open.wait(Waiting { peer: *peer, is_new: false, evicted: evicted.clone() });
        drop(open);
        *self.0.number() = Some(number);
    }
}

impl Inner {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn wait(&mut self, waiting: Waiting) -> u64 {
        let number = self.count;
        self.count += 1;
        self.new += usize::from(waiting.is_new);
        self.waiting.insert(number, waiting);
        number
    }

    /// `None` for one that was closed.
    fn leave(&mut self, number: u64) -> Option<Waiting> {
        let waiting = self.waiting.remove(&number)?;
        self.new -= usize::from(waiting.is_new);
        Some(waiting)
    }

    fn evict(&mut self, is_candidate: impl Fn(&Waiting) -> bool) {
        let mut of_peer = Counts::default();
        let candidates = || self.waiting.iter().filter(|(_, waiting)| is_candidate(waiting));
        candidates().for_each(|(_, waiting)| of_peer.increment(waiting.peer));
        let victim = candidates().min_by_key(|(number, waiting)| (Reverse(of_peer.get(&waiting.peer)), **number));
        if let Some(number) = victim.map(|(number, _)| *number)
            && let Some(waiting) = self.leave(number)
        {
            waiting.evicted.notify_one();
        }
    }
}
