use crate::counters::Counters;
use crate::{Batch, Call, Day, Outcome};
use std::collections::BTreeMap;

/// So many rows wait in a tally at the most. Calls of further rows are counted in one more per day, whose key, server
/// and tool are [`crate::OTHER`]: those of the keys that have the most rows, so that a key which makes names up takes
/// none from others.
pub const MAX_WAITING_ROWS: usize = 5_000;

/// What an instance has counted and not yet written.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    days: BTreeMap<Day, Counters>,
}

impl Tally {
    /// Counts a call that ended at the moment given.
    pub fn add(&mut self, call: &Call<'_>, now_unix_ms: u64) {
        let (counters, most_rows) = self.room(Day::of(now_unix_ms));
        counters.count(call, now_unix_ms, most_rows);
    }

    /// Takes note of how a server did otherwise, at the moment given: nothing is counted.
    pub fn note(&mut self, server: &str, outcome: Outcome, now_unix_ms: u64) {
        self.days.entry(Day::of(now_unix_ms)).or_default().servers.note(server, outcome, now_unix_ms);
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.days.values().all(Counters::is_empty)
    }

    /// Takes out all that waits, in the order of the days. What cannot be written is to be [put back](Self::put_back).
    pub fn take(&mut self) -> Vec<Batch> {
        std::mem::take(&mut self.days).into_iter().map(|(day, counters)| Batch { day, counters }).collect()
    }

    /// Lets a batch wait again, together with what was counted meanwhile.
    pub fn put_back(&mut self, batch: &Batch) {
        let (counters, most_rows) = self.room(batch.day);
        counters.add(&batch.counters, most_rows);
    }

    /// The counters of a day, and how many rows they may have beside those of the other days.
    fn room(&mut self, day: Day) -> (&mut Counters, usize) {
        let elsewhere: usize = self.days.iter().filter(|(other, _)| **other != day).map(|(_, c)| c.rows.len()).sum();
        (self.days.entry(day).or_default(), MAX_WAITING_ROWS.saturating_sub(elsewhere))
    }
}
