use crate::counters::Counters;
use crate::name::Name;
use crate::{Batch, Counts, Health, fold};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version in which records are written.
pub const RECORD_VERSION: u64 = 1;

/// Records have at most so many bytes. Stores of edge platforms take values of up to 1 MB.
pub const MAX_RECORD_BYTES: usize = 900_000;

/// Why a batch cannot be merged into a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A newer Bobbin wrote it, and it is left as it is.
    #[error("the record of usage has version {found}, this Bobbin writes version {RECORD_VERSION}; use a newer Bobbin")]
    Newer {
        /// Its version.
        found: u64,
    },
}

/// Adds a batch to the record of its day that is stored, and returns the record to store in its place.
///
/// The order of merges makes no difference to the sums. A record that would be larger than [`MAX_RECORD_BYTES`] counts
/// its rows of the least calls together, as [`crate::OTHER`] tools of their key and server, or, if need be, of
/// [`crate::OTHER`] keys and servers: which rows those are may depend on the order. A record that is damaged is
/// replaced; one of a newer version is an error, and the batch should wait.
pub fn merge(existing: Option<&[u8]>, batch: &Batch) -> Result<Vec<u8>, RecordError> {
    let mut counters = match existing.map(read) {
        None | Some(Err(Unreadable::Damaged)) => Counters::default(),
        Some(Ok(counters)) => counters,
        Some(Err(Unreadable::Newer { found })) => return Err(RecordError::Newer { found }),
    };
    counters.add(&batch.counters, usize::MAX);
    let record = write(&counters);
    let Some(excess_bytes) = record.len().checked_sub(MAX_RECORD_BYTES) else { return Ok(record) };
    fold::fold(&mut counters.rows, excess_bytes, |name, counts| json(&StoredRow::new(name, counts)).len());
    Ok(write(&counters))
}

pub(crate) enum Unreadable {
    Newer { found: u64 },
    Damaged,
}

/// What all versions have.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// `Text` is a `String` when read, a `&str` when written.
#[derive(Serialize, Deserialize)]
struct Version1<Text: Ord> {
    version: u64,
    rows: Vec<StoredRow<Text>>,
    servers: BTreeMap<Text, Health>,
}

/// Key, server, tool, calls, failures, duration and longest duration in milliseconds, bytes sent and received: an
/// array, since the names of the members would be the larger part of a record.
#[derive(Serialize, Deserialize)]
struct StoredRow<Text>(Text, Text, Text, u64, u64, u64, u64, u64, u64);

impl<'a> StoredRow<&'a str> {
    fn new(Name { key, server, tool }: &'a Name, counts: &Counts) -> Self {
        let Counts { calls, failures, duration_ms, longest_ms, sent_bytes, received_bytes } = *counts;
        Self(key, server, tool, calls, failures, duration_ms, longest_ms, sent_bytes, received_bytes)
    }
}

pub(crate) fn read(record: &[u8]) -> Result<Counters, Unreadable> {
    let Versioned { version } = serde_json::from_slice(record).map_err(|_| Unreadable::Damaged)?;
    match version {
        1 => serde_json::from_slice(record).map(Version1::read).map_err(|_| Unreadable::Damaged),
        found if found > RECORD_VERSION => Err(Unreadable::Newer { found }),
        _ => Err(Unreadable::Damaged),
    }
}

impl Version1<String> {
    fn read(self) -> Counters {
        let mut counters = Counters::default();
        for StoredRow(key, server, tool, calls, failures, duration_ms, longest_ms, sent_bytes, received_bytes) in
            self.rows
        {
            let counts = Counts { calls, failures, duration_ms, longest_ms, sent_bytes, received_bytes };
            counters.add_row(Name::new(&key, &server, &tool), &counts, usize::MAX);
        }
        for (server, health) in self.servers {
            counters.servers.add(&server, health);
        }
        counters
    }
}

fn write(counters: &Counters) -> Vec<u8> {
    let rows = counters.rows.iter().map(|(name, counts)| StoredRow::new(name, counts)).collect();
    let servers = counters.servers.iter().map(|(server, health)| (server.as_str(), health.clone())).collect();
    json(&Version1 { version: RECORD_VERSION, rows, servers })
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("texts, numbers and lists are JSON")
}
