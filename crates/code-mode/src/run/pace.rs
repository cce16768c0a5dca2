use crate::platform::{Clock, Session};
use contracts::execution::{Settlement, Step};
use std::cell::Cell;

/// Steps per millisecond before anything was measured. Steps of different kinds differ by a factor of two; these
/// are the slow ones of the machines seen, so that no kind takes longer than its limit.
const FIRST_GUESS: u64 = 16_000;

/// No machine is taken for slower or faster than this: a script of fast steps must not make room for one of slow
/// steps.
const BOUNDS: (u64, u64) = (4_000, FIRST_GUESS);

/// Shorter stretches say more about the clock than about the machine.
const WORTH_MEASURING_US: u64 = 5_000;

/// How many interpreter steps this machine makes in a millisecond, measured as it goes.
///
/// The interpreter has no clock, so its compute limit is a number of steps; an operator thinks in
/// milliseconds.
#[derive(Debug)]
pub struct Pace(Cell<u64>);

impl Default for Pace {
    fn default() -> Self {
        Self(Cell::new(FIRST_GUESS))
    }
}

impl Pace {
    /// The steps of that many milliseconds.
    pub fn steps(&self, ms: u64) -> u64 {
        self.0.get().saturating_mul(ms)
    }

    /// Resumes a session and learns from the time that it took.
    pub(super) fn measure<S: Session>(&self, clock: &impl Clock, session: &S, settled: &[Settlement]) -> Step {
        let (before_us, before) = (clock.monotonic_us(), session.steps_used());
        let step = session.resume(settled);
        let took_us = clock.monotonic_us().saturating_sub(before_us);
        self.learn(session.steps_used().saturating_sub(before), took_us);
        step
    }

    /// A quarter of each measurement counts, so that one odd script does not change the limit of the next.
    fn learn(&self, steps: u64, took_us: u64) {
        if took_us >= WORTH_MEASURING_US {
            let measured = (steps.saturating_mul(1_000) / took_us).clamp(BOUNDS.0, BOUNDS.1);
            self.0.set((self.0.get() * 3 + measured) / 4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_slowly_and_within_bounds() {
        let pace = Pace::default();
        assert_eq!(pace.steps(2_000), 2_000 * FIRST_GUESS);
        pace.learn(1, 4_999);
        assert_eq!(pace.steps(1), FIRST_GUESS, "too short to count");
        pace.learn(12_000 * 10, 10_000);
        assert_eq!(pace.steps(1), (3 * FIRST_GUESS + 12_000) / 4);
        for _ in 0..100 {
            pace.learn(0, 1_000_000);
        }
        assert!((BOUNDS.0..BOUNDS.0 + 4).contains(&pace.steps(1)));
        for _ in 0..100 {
            pace.learn(u64::MAX, 1_000_000);
        }
        assert!((BOUNDS.1 - 4..=BOUNDS.1).contains(&pace.steps(1)));
    }
}
