use crate::health::Servers;
use crate::name::Name;
use crate::{Call, Counts};
use std::collections::BTreeMap;

/// What is counted of one day, in a tally or in a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub rows: BTreeMap<Name, Counts>,
    pub servers: Servers,
}

impl Counters {
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.servers.is_empty()
    }

    /// Counts a call; under `(other)` if its row would be one more than `most_rows`.
    pub fn count(&mut self, call: &Call<'_>, now_unix_ms: u64, most_rows: usize) {
        self.add_row(Name::of(call), &Counts::of(call), most_rows);
        self.servers.note(call.server, call.outcome, now_unix_ms);
    }

    pub fn add(&mut self, other: &Self, most_rows: usize) {
        for (name, counts) in &other.rows {
            self.add_row(name.clone(), counts, most_rows);
        }
        for (server, health) in other.servers.iter() {
            self.servers.add(server, health.clone());
        }
    }

    pub fn add_row(&mut self, name: Name, counts: &Counts, most_rows: usize) {
        let has_room = self.rows.len() < most_rows || self.rows.contains_key(&name);
        let name = if has_room { name } else { Name::other() };
        self.rows.entry(name).or_default().add(counts);
    }
}
