//! Instances that share a key-value store, and how such stores behave: every call takes a while, during which others go
//! on, and swaps are as (un)reliable as those of Spin's stores.

use bytes::Bytes;
use mcp_client::{Clock, Transport, TransportError};
use scripted_upstream::{Upstream, VirtualClock};
use server_registry::{Change, Host, Store, StoreError, Swap};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    rc::Rc,
    time::Duration,
};

/// Longest time that a part of a call to the store takes.
const SLOWEST_MS: u64 = 4;

/// What becomes of swaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swaps {
    /// As the interface says.
    Reliable,
    /// Spin 4.1 on SQLite: where there was nothing, whatever is there meanwhile is overwritten.
    OverwriteNothing,
    /// Spin 4.1 on Redis: all are reported as lost (`UNWATCH` is sent with an argument, which Redis refuses).
    AllReportedLost,
    /// The same without that fault: all are reported as done (the empty answer of `EXEC` is not looked at).
    AllReportedDone,
}

/// One store, and the instances that use it.
#[derive(Clone)]
pub struct SimulatedHost(Rc<Shared>);

struct Shared {
    clock: VirtualClock,
    swaps: Swaps,
    /// Of a thousand calls, how many fail: half of them before, half of them after they took effect.
    failing_per_mille: Cell<u64>,
    entries: RefCell<BTreeMap<String, Vec<u8>>>,
    counters: RefCell<BTreeMap<String, i64>>,
    chance: Cell<u64>,
}

/// What happens to a call.
enum Call {
    Works,
    FailsBefore,
    FailsAfter,
}

impl SimulatedHost {
    pub fn new(swaps: Swaps, seed: u64) -> Self {
        Self(Rc::new(Shared {
            clock: VirtualClock::default(),
            swaps,
            failing_per_mille: Cell::new(0),
            entries: RefCell::default(),
            counters: RefCell::default(),
            chance: Cell::new(seed),
        }))
    }

    /// From now on so many of a thousand calls fail.
    pub fn fail(&self, per_mille: u64) {
        self.0.failing_per_mille.set(per_mille);
    }

    /// Whether a swap of nothing overwrites what is there meanwhile.
    pub fn overwrites_nothing(&self) -> bool {
        self.0.swaps == Swaps::OverwriteNothing
    }

    /// Every key that is there.
    pub fn stored(&self) -> Vec<String> {
        self.0.entries.borrow().keys().cloned().collect()
    }

    pub fn run<F: Future>(&self, future: F) -> F::Output {
        scripted_upstream::run(&self.0.clock, future)
    }

    /// A number below `limit`.
    pub fn below(&self, limit: u64) -> u64 {
        self.random() % limit
    }

    async fn while_others_go_on(&self) {
        self.sleep(Duration::from_millis(self.below(SLOWEST_MS + 1))).await;
    }

    fn entry(&self, key: &str) -> Option<Vec<u8>> {
        self.0.entries.borrow().get(key).cloned()
    }

    fn next_call(&self) -> Call {
        match self.below(2_000) {
            chance if chance < self.0.failing_per_mille.get() => Call::FailsBefore,
            chance if chance < 2 * self.0.failing_per_mille.get() => Call::FailsAfter,
            _ => Call::Works,
        }
    }

    async fn write<T>(&self, write: impl FnOnce() -> T) -> Result<T, StoreError> {
        self.while_others_go_on().await;
        let failure = StoreError("the connection broke".to_string());
        match self.next_call() {
            Call::Works => Ok(write()),
            Call::FailsBefore => Err(failure),
            Call::FailsAfter => {
                write();
                Err(failure)
            }
        }
    }
}

impl Store for SimulatedHost {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.while_others_go_on().await;
        match self.next_call() {
            Call::Works => Ok(self.entry(key)),
            Call::FailsBefore | Call::FailsAfter => Err(StoreError("the connection broke".to_string())),
        }
    }

    async fn set(&self, key: &str, value: Vec<u8>) -> Result<(), StoreError> {
        self.write(|| drop(self.0.entries.borrow_mut().insert(key.to_string(), value))).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.write(|| drop(self.0.entries.borrow_mut().remove(key))).await
    }

    async fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.while_others_go_on().await;
        Ok(self.stored())
    }

    async fn swap(&self, key: &str, change: &mut Change<'_>) -> Result<Swap, StoreError> {
        self.while_others_go_on().await;
        let seen = self.entry(key);
        let Some(value) = change(seen.as_deref()) else { return Ok(Swap::Left) };
        let is_written = self
            .write(|| {
                let overwrites = self.overwrites_nothing() && seen.is_none();
                let writes = overwrites || self.entry(key) == seen;
                if writes {
                    self.0.entries.borrow_mut().insert(key.to_string(), value);
                }
                writes
            })
            .await?;
        Ok(match (self.0.swaps, is_written) {
            (Swaps::AllReportedDone, _) => Swap::Done,
            (Swaps::AllReportedLost, _) | (_, false) => Swap::Lost,
            (_, true) => Swap::Done,
        })
    }

    async fn increment(&self, key: &str, by: u32) -> Result<i64, StoreError> {
        self.while_others_go_on().await;
        let mut counters = self.0.counters.borrow_mut();
        let counter = counters.entry(key.to_string()).or_default();
        *counter += i64::from(by);
        Ok(*counter)
    }
}

impl Clock for SimulatedHost {
    fn monotonic_ms(&self) -> u64 {
        self.0.clock.monotonic_ms()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.0.clock.sleep(duration)
    }
}

/// There are no servers.
impl Transport for SimulatedHost {
    type Body = <Upstream as Transport>::Body;

    async fn send(
        &self,
        _request: http::Request<Bytes>,
        _connect_timeout: Duration,
    ) -> Result<http::Response<Self::Body>, TransportError> {
        Err(TransportError::Refused)
    }
}

impl Host for SimulatedHost {
    fn unix_ms(&self) -> u64 {
        1_800_000_000_000 + self.0.clock.monotonic_ms()
    }

    /// SplitMix64.
    fn random(&self) -> u64 {
        let state = self.0.chance.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.chance.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    async fn variable(&self, name: &str) -> Result<Option<String>, String> {
        Ok((name == "encryption_key").then(|| "07".repeat(32)))
    }

    fn print(&self, _line: &str) {}

    fn warn(&self, _line: &str) {}
}
