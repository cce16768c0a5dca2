use crate::health::Servers;
use crate::name::Name;
use crate::{Call, Counts, OTHER};
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

    /// Counts a call. If its row would be one more than `most_rows`, a row of the key that has the most of them is counted
    /// under `(other)`.
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
        let other = Name::other();
        let is_there = self.rows.len() < most_rows || name == other || self.rows.contains_key(&name);
        let name = if is_there || self.make_room(&name.key) { name } else { other };
        self.rows.entry(name).or_default().add(counts);
    }

    /// Counts a row under `(other)`, of the least calls of the key that has the most rows. Whether there is a key with
    /// more rows than this one: nobody makes room for more of its own.
    fn make_room(&mut self, key: &str) -> bool {
        // Rows of a key stand together.
        let mut rows_of: Vec<(&str, usize)> = Vec::new();
        for name in self.rows.keys().filter(|name| name.key != OTHER) {
            match rows_of.last_mut() {
                Some((last, rows)) if *last == name.key => *rows += 1,
                _ => rows_of.push((&name.key, 1)),
            }
        }
        let own = rows_of.iter().find(|(other, _)| *other == key).map_or(0, |(_, rows)| *rows);
        let largest = rows_of.into_iter().max_by_key(|(_, rows)| *rows).filter(|(_, rows)| *rows > own + 1);
        let Some((largest, _)) = largest else { return false };
        let of_largest = self.rows.iter().filter(|(name, _)| name.key == largest);
        let Some(least) = of_largest.min_by_key(|(_, counts)| counts.calls).map(|(name, _)| name.clone()) else {
            return false;
        };
        if let Some(counts) = self.rows.remove(&least) {
            self.rows.entry(Name::other()).or_default().add(&counts);
        }
        true
    }
}
