use crate::Day;
use crate::counters::Counters;

/// What an instance counted of one day, to be merged into a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub(crate) day: Day,
    pub(crate) counters: Counters,
}

impl Batch {
    /// The day of whose record it is a part.
    #[must_use]
    pub fn day(&self) -> Day {
        self.day
    }
}
