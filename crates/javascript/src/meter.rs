//! Counts interpreter steps.

use std::cell::Cell;

use crate::engine::{Countdown, IS_COUNTED, allow_work, take_work};

/// Units of work (see `engine::work`) in one step.
const WORK_PER_STEP: u64 = 16;

/// Steps beyond the limit after which not the script is ended but the instance: about half a second. Nothing is known that
/// gets there: it is what a function of the standard library would have to do, while it never asks whether to go on.
const OVERRUN: u64 = 10_000_000;

/// Loop iterations and calls after which the interpreter asks whether to go on. Where its work is counted, the
/// count is looked at only then, and thousands of opcodes may lie between two of them.
const ASK_AFTER: i32 = if IS_COUNTED { 200 } else { Countdown::FULL };

/// The steps that a session has used, and may use.
///
/// A step is some work of the interpreter: about fifty nanoseconds. A build that does not count its work takes a
/// loop iteration, branch or call for a step. Whatever else takes time is charged in the same coin. The count
/// depends on the program and its settlements alone, so it is the same in a replay.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: u64,
    used: Cell<u64>,
    /// Work that does not make a step yet.
    work: Cell<u64>,
    /// Steps of work that were done when none was left.
    overrun: Cell<u64>,
    countdown: Cell<Option<Countdown>>,
    /// Where the countdown stood when it was last read or set.
    countdown_at: Cell<i32>,
}

impl Meter {
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            used: Cell::new(0),
            work: Cell::new(0),
            overrun: Cell::new(0),
            countdown: Cell::new(None),
            countdown_at: Cell::new(0),
        }
    }

    /// Starts to count, with nothing used: what came before was preparation.
    pub(crate) fn start(&self, countdown: Option<Countdown>) {
        self.countdown.set(countdown);
        self.enter();
        self.used.set(0);
        self.overrun.set(0);
        self.allow_rest();
    }

    /// The interpreter of this session is about to run, perhaps after that of another one.
    pub(crate) fn enter(&self) {
        take_work();
        self.allow_rest();
        self.wind_up();
    }

    /// Stops to look at the interpreter, which is about to go.
    pub(crate) fn detach(&self) {
        self.catch_up();
        self.countdown.set(None);
        allow_work(None, u64::MAX, 0);
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
        let wound_up = match self.countdown.get().map(|countdown| countdown.read()) {
            // QuickJS winds the countdown up before it asks.
            None | Some(Countdown::FULL) => self.countdown_at.get(),
            Some(now) => self.countdown_at.get() - now + Countdown::FULL,
        };
        self.add(wound_up);
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

    /// Counts what was done since the countdown was last read.
    fn catch_up(&self) {
        let passed = self.countdown.get().map_or(0, |countdown| {
            let now = countdown.read();
            self.countdown_at.replace(now) - now
        });
        self.add(passed);
    }

    /// Counts the work since the last time, or else the loop iterations, branches and calls.
    fn add(&self, iterations: i32) {
        let steps = if IS_COUNTED {
            let work = self.work.get() + take_work();
            self.work.set(work % WORK_PER_STEP);
            work / WORK_PER_STEP
        } else {
            iterations.max(0) as u64
        };
        let used = self.used.get().saturating_add(steps);
        self.overrun.set(self.overrun.get() + steps.min(used.saturating_sub(self.limit)));
        self.used.set(used);
        self.allow_rest();
    }

    fn allow_rest(&self) {
        let left = self.limit.saturating_sub(self.used.get());
        let overrun = OVERRUN.saturating_sub(self.overrun.get());
        allow_work(self.countdown.get(), left.saturating_mul(WORK_PER_STEP), overrun * WORK_PER_STEP);
    }

    /// Lets the interpreter ask again when the rest may be used up, or after a while.
    fn wind_up(&self) {
        let rest = self.limit.saturating_sub(self.used.get()).saturating_add(1);
        let at = i32::try_from(rest).unwrap_or(ASK_AFTER).min(ASK_AFTER);
        if let Some(countdown) = self.countdown.get() {
            countdown.set(at);
        }
        self.countdown_at.set(if self.countdown.get().is_some() { at } else { Countdown::FULL });
    }
}
