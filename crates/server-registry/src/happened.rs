//! What happened: a line for every call, and counters that are kept now and then.

use crate::{
    access::Access,
    cancellations::is_old_cancellation,
    failure::{Failure, FailureKind},
    host::{Host, StoreError},
    registry::Registry,
    sign_in::is_old_count,
    store::{counts, document::ChangeError, key_record},
};
use mcp::TraceContext;
use std::{
    cell::{Cell, RefCell},
    collections::{HashSet, VecDeque},
    rc::Rc,
    time::Duration,
};
use usage::{Batch, Call, DEFAULT_RETENTION_DAYS, Day, Flush, Outcome, Tally};

/// Of so many writes, one looks for what is too old to be kept.
const SWEEP_ONE_OF: u64 = 64;

/// What a call belongs to.
#[derive(Debug, Clone, Default)]
pub struct CallContext {
    /// Names the run, or the single call.
    pub execution: String,
    /// The trace of the request that the call serves.
    pub trace: TraceContext,
}

/// Counters that wait to be kept.
#[derive(Default)]
pub(crate) struct Counters {
    tally: RefCell<Tally>,
    written_unix_ms: Cell<Option<u64>>,
    /// Whether somebody sees to it that they are written.
    is_kept: Cell<bool>,
}

impl Counters {
    /// Takes note of how a server did where no call was made.
    pub fn note(&self, server: &str, outcome: Outcome, now_ms: u64) {
        self.tally.borrow_mut().note(server, outcome, now_ms);
    }
}

/// A call that is under way. It is recorded when it ends, or when it is dropped.
pub(crate) struct UnderWay<H: Host> {
    registry: Rc<Registry<H>>,
    execution: String,
    caller: String,
    server: String,
    tool: String,
    began_ms: u64,
    sent_bytes: u64,
    pub received_bytes: u64,
    pub outcome: Outcome,
}

impl<H: Host> Access<H> {
    /// Begins the record of a call. Until its outcome is set, it was cancelled.
    pub(crate) fn begin(&self, execution: &str, server: &str, tool: &str, sent_bytes: usize) -> UnderWay<H> {
        let server = self.find(server).map_or(server, |known| known.id);
        UnderWay {
            registry: self.registry.clone(),
            execution: execution.to_string(),
            caller: self.caller.id().to_string(),
            server: server.to_string(),
            tool: tool.to_string(),
            began_ms: self.registry.host.monotonic_ms(),
            sent_bytes: sent_bytes as u64,
            received_bytes: 0,
            outcome: Outcome::Failed(usage::FailureKind::Cancelled),
        }
    }
}

impl<H: Host> Drop for UnderWay<H> {
    fn drop(&mut self) {
        let host = &self.registry.host;
        let call = Call {
            execution: &self.execution,
            key: &self.caller,
            server: &self.server,
            tool: &self.tool,
            duration_ms: host.monotonic_ms().saturating_sub(self.began_ms),
            outcome: self.outcome,
            sent_bytes: self.sent_bytes,
            received_bytes: self.received_bytes,
        };
        let now_ms = host.unix_ms();
        host.print(&call.log_line(now_ms));
        let counted = Call { tool: self.registry.label(&self.server, &self.tool, self.outcome), ..call };
        self.registry.counters.tally.borrow_mut().add(&counted, now_ms);
    }
}

impl<H: Host> Registry<H> {
    /// Whether there are counters that [`keep_usage`](Registry::keep_usage) would keep.
    pub fn has_usage(&self) -> bool {
        !self.counters.is_kept.get() && !self.counters.tally.borrow().is_empty()
    }

    /// Keeps the counters: at once, or when the last time is long enough ago. To be run once an answer has gone out.
    /// Should the store fail, they wait for the next call.
    pub async fn keep_usage(&self) {
        if self.counters.is_kept.replace(true) {
            return;
        }
        let _kept = Kept(&self.counters.is_kept);
        while !self.counters.tally.borrow().is_empty() {
            match usage::flush(self.counters.written_unix_ms.get(), self.host.unix_ms()) {
                Flush::Now if !self.write_usage().await => return,
                Flush::Now => {}
                Flush::After { ms } => self.host.sleep(Duration::from_millis(ms)).await,
            }
        }
    }

    /// Writes what this instance has counted and not written yet.
    pub(crate) async fn write_waiting_usage(&self) {
        if !self.counters.tally.borrow().is_empty() {
            self.write_usage().await;
        }
    }

    /// Whether all could be written.
    async fn write_usage(&self) -> bool {
        self.counters.written_unix_ms.set(Some(self.host.unix_ms()));
        let tally = &self.counters.tally;
        let mut unwritten = Unwritten { tally, batches: tally.borrow_mut().take().into() };
        while let Some(batch) = unwritten.batches.front() {
            if let Err(error) = self.merge(batch).await {
                self.host.warn(&format!("cannot keep what was counted: {error}"));
                return false;
            }
            unwritten.batches.pop_front();
        }
        if self.host.random().is_multiple_of(SWEEP_ONE_OF)
            && let Err(error) = self.sweep().await
        {
            self.host.warn(&format!("cannot remove what is too old: {error}"));
        }
        true
    }

    async fn merge(&self, batch: &Batch) -> Result<(), StoreError> {
        let key = usage::record_key(batch.day(), self.host.random());
        let merged = counts::add(&self.host, &key, batch).await;
        merged.map_err(|error| match error {
            ChangeError::Refused(error) => StoreError(error.to_string()),
            ChangeError::Store(error) => error,
            error @ (ChangeError::Busy | ChangeError::TooLarge) => StoreError(error.to_string()),
        })
    }

    /// Removes counters that are too old, and of keys that are gone, servers that their agents added and what was learned
    /// of their results.
    async fn sweep(&self) -> Result<(), StoreError> {
        let now_ms = self.host.unix_ms();
        let keys = self.host.keys().await?;
        let callers: HashSet<&str> = keys.iter().filter_map(|key| key_record::id_of(key)).collect();
        self.forget_callers(&keys, |caller| caller != usage::OPERATOR && !callers.contains(caller)).await?;
        let days = usage::expired(&keys, Day::of(now_ms), DEFAULT_RETENTION_DAYS);
        let minutes = keys.into_iter().filter(|key| is_old_count(key, now_ms) || is_old_cancellation(key, now_ms));
        for key in days.into_iter().chain(minutes) {
            self.host.delete(&key).await?;
        }
        self.remove_orphans().await
    }
}

/// Somebody keeps the counters, until this is dropped.
struct Kept<'a>(&'a Cell<bool>);

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// What was taken to be written. What is not, waits again: the store failed, or whoever wrote was given up.
struct Unwritten<'a> {
    tally: &'a RefCell<Tally>,
    batches: VecDeque<Batch>,
}

impl Drop for Unwritten<'_> {
    fn drop(&mut self) {
        self.batches.iter().for_each(|batch| self.tally.borrow_mut().put_back(batch));
    }
}

/// How something ended that gives no result of a tool.
pub(crate) fn outcome_of_all<T>(ended: &Result<T, Failure>) -> Outcome {
    ended.as_ref().map_or_else(outcome_of, |_| Outcome::Ok)
}

/// How a call failed.
pub(crate) fn outcome_of(failure: &Failure) -> Outcome {
    Outcome::Failed(match failure.kind {
        FailureKind::UnknownServer => usage::FailureKind::UnknownServer,
        FailureKind::Configuration => usage::FailureKind::Configuration,
        FailureKind::Authorization => usage::FailureKind::Authorization,
        FailureKind::Unreachable => usage::FailureKind::Unreachable,
        FailureKind::TimedOut => usage::FailureKind::TimedOut,
        FailureKind::HttpStatus => usage::FailureKind::HttpStatus,
        FailureKind::Protocol => usage::FailureKind::Protocol,
        FailureKind::Rpc => usage::FailureKind::Rpc,
    })
}

/// How a server failed, by the word that is kept of it.
pub(crate) fn health_of_word(word: &str) -> Option<admin_api::FailureKind> {
    let kinds = [
        (usage::FailureKind::Configuration, admin_api::FailureKind::Configuration),
        (usage::FailureKind::Authorization, admin_api::FailureKind::Authorization),
        (usage::FailureKind::Unreachable, admin_api::FailureKind::Unreachable),
        (usage::FailureKind::TimedOut, admin_api::FailureKind::TimedOut),
        (usage::FailureKind::HttpStatus, admin_api::FailureKind::HttpStatus),
        (usage::FailureKind::Protocol, admin_api::FailureKind::Protocol),
        (usage::FailureKind::Rpc, admin_api::FailureKind::Rpc),
    ];
    kinds.into_iter().find(|(kind, _)| kind.word() == word).map(|(_, kind)| kind)
}
