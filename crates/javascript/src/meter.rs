//! Counts interpreter steps.

use std::cell::Cell;

use crate::engine::{Countdown, cut_short_after_native_work, take_cut, take_native_work};

/// Units of native work (see `engine::take_native_work`) that take about as long as one interpreter step.
const WORK_PER_STEP: u64 = 16;

/// The steps that a session has used, and may use.
///
/// A step is one loop iteration, branch or call of the script; whatever else takes time is charged in the
/// same coin. The count depends on the program and its settlements alone, so it is the same in a replay.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: u64,
    used: Cell<u64>,
    /// What remains of a unit of native work.
    work: Cell<u64>,
    countdown: Cell<Option<Countdown>>,
    /// Where the countdown stood when it was last read or set.
    countdown_at: Cell<i32>,
}

impl Meter {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, used: Cell::new(0), work: Cell::new(0), countdown: Cell::new(None), countdown_at: Cell::new(0) }
    }

    /// Starts to count, with nothing used: what came before was preparation.
    pub(crate) fn start(&self, countdown: Option<Countdown>) {
        self.countdown.set(countdown);
        self.enter();
        self.used.set(0);
    }

    /// The interpreter of this session is about to run, perhaps after that of another one.
    pub(crate) fn enter(&self) {
        take_native_work();
        cut_short_after_native_work(self.countdown.get());
        self.wind_up();
    }

    /// Stops to look at the interpreter, which is about to go.
    pub(crate) fn detach(&self) {
        self.catch_up();
        cut_short_after_native_work(None);
        self.countdown.set(None);
    }

    /// Uses up steps; `false` when there are none left. What is used up stays used up.
    pub(crate) fn charge(&self, steps: u64) -> bool {
        self.used.set(self.used.get().saturating_add(steps));
        let left = self.used.get() <= self.limit;
        if !left && let Some(countdown) = self.countdown.get() {
            self.catch_up();
            self.countdown_at.set(0);
            countdown.set(0);
        }
        left
    }

    /// Whether so many steps are left, for something that cannot be stopped half way. Uses up none of them
    /// when they are there, and all that are when they are not.
    pub(crate) fn affords_or_exhaust(&self, steps: u64) -> bool {
        let affords = self.used().saturating_add(steps) <= self.limit;
        if !affords {
            self.charge(self.limit.saturating_add(1).saturating_sub(self.used.get()));
        }
        affords
    }

    /// The interpreter asks whether to go on: its countdown has run out, or a regular expression takes long.
    pub(crate) fn poll(&self) -> bool {
        let now = self.countdown.get().map(|countdown| countdown.read());
        let steps = match now {
            // QuickJS winds the countdown up before it asks.
            None | Some(Countdown::FULL) => i64::from(self.countdown_at.get() - take_cut().unwrap_or(0)),
            Some(now) => i64::from(self.countdown_at.get() - now) + i64::from(Countdown::FULL),
        };
        self.used.set(self.used.get().saturating_add(steps.max(0) as u64));
        self.add_native_work();
        let left = self.used.get() <= self.limit;
        if left {
            self.wind_up();
        } else {
            // What unwinds the script may itself take some steps.
            self.countdown_at.set(Countdown::FULL);
        }
        left
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.used() > self.limit
    }

    /// Steps used so far.
    pub(crate) fn used(&self) -> u64 {
        self.catch_up();
        self.used.get()
    }

    /// Counts the steps since the countdown was last read.
    fn catch_up(&self) {
        if let Some(countdown) = self.countdown.get() {
            let now = countdown.read();
            let now = take_cut().unwrap_or(now);
            let steps = self.countdown_at.replace(now) - now;
            self.used.set(self.used.get().saturating_add(steps.max(0) as u64));
        }
        self.add_native_work();
    }

    fn add_native_work(&self) {
        let work = self.work.get() + take_native_work();
        self.work.set(work % WORK_PER_STEP);
        self.used.set(self.used.get().saturating_add(work / WORK_PER_STEP));
    }

    /// Lets the interpreter ask again when the rest is used up, or after a full countdown.
    fn wind_up(&self) {
        let rest = self.limit.saturating_sub(self.used.get()).saturating_add(1);
        let at = i32::try_from(rest).unwrap_or(Countdown::FULL).min(Countdown::FULL);
        if let Some(countdown) = self.countdown.get() {
            countdown.set(at);
        }
        self.countdown_at.set(if self.countdown.get().is_some() { at } else { Countdown::FULL });
    }
}
