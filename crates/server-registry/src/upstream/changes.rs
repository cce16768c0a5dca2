use crate::records::KnownCatalog;
use std::cell::Cell;

/// What is known to have happened to the tools of a server, and how much of it the kept list covers.
///
/// Both are counted, so that what happens while a list is being fetched is not lost, whether the list comes or whoever
/// fetches it is given up.
#[derive(Default)]
pub(super) struct Changes {
    /// Changes that the kept list covers.
    covered: Cell<u64>,
    /// The last refresh that somebody wanted of all instances, as the index has it.
    refresh: Cell<u64>,
    /// The last one for which the list of other instances was looked at.
    looked_at: Cell<u64>,
}

/// How far a list goes that is begun now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reach {
    change: u64,
    /// The refresh that is known as it begins.
    pub refresh: u64,
}

impl Changes {
    /// How far a list must go to be up to date: `seen` is how many changes there were so far.
    pub fn reach(&self, seen: u64) -> Reach {
        Reach { change: seen, refresh: self.refresh.get() }
    }

    /// Whether the kept list is that far.
    pub fn covers(&self, known: &KnownCatalog, wanted: Reach) -> bool {
        self.covered.get() >= wanted.change && known.covered_refresh >= wanted.refresh
    }

    /// A list that was begun at `reach` is kept from now on.
    pub fn cover(&self, reach: Reach) {
        self.covered.set(self.covered.get().max(reach.change));
    }

    /// Takes note of the last refresh. Whether it was not known.
    pub fn note_refresh(&self, refresh: u64) -> bool {
        self.refresh.replace(self.refresh.get().max(refresh)) < refresh
    }

    /// Whether somebody wanted newer ones than the kept list.
    pub fn wants_refresh_of(&self, known: &KnownCatalog) -> bool {
        known.covered_refresh < self.refresh.get()
    }

    /// The refresh for which another instance may have left a list, if that was not looked at.
    pub fn not_looked_at(&self, known: Option<&KnownCatalog>) -> Option<u64> {
        let refresh = self.refresh.get();
        let covered = known.map_or(0, |known| known.covered_refresh);
        (covered < refresh && self.looked_at.get() < refresh).then_some(refresh)
    }

    /// The list of other instances was looked at.
    pub fn looked_at(&self, refresh: u64) {
        self.looked_at.set(self.looked_at.get().max(refresh));
    }
}
