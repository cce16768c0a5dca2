//! Calls in short, and a store of records.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use usage::{Batch, Call, Counts, Filter, Outcome, Row, Tally, merge, record_key, rows};

/// 2026-03-01T00:00:00Z
pub const MIDNIGHT: u64 = 1_772_323_200_000;
pub const DAY_MS: u64 = 86_400_000;

pub fn call<'a>(key: &'a str, server: &'a str, tool: &'a str) -> Call<'a> {
    let outcome = Outcome::Ok;
    Call { execution: "e1", key, server, tool, duration_ms: 5, outcome, sent_bytes: 10, received_bytes: 100 }
}

/// What one instance counted of calls, with their moments.
pub fn batches<'a>(calls: impl IntoIterator<Item = (Call<'a>, u64)>) -> Vec<Batch> {
    let mut tally = Tally::default();
    for (call, at_unix_ms) in calls {
        tally.add(&call, at_unix_ms);
    }
    tally.take()
}

/// The batch of calls of one day.
pub fn batch<'a>(calls: impl IntoIterator<Item = Call<'a>>) -> Batch {
    let mut batches = batches(calls.into_iter().map(|call| (call, MIDNIGHT)));
    assert_eq!(batches.len(), 1);
    batches.remove(0)
}

#[derive(Default)]
pub struct Store(pub BTreeMap<String, Vec<u8>>);

impl Store {
    pub fn merge(&mut self, batch: &Batch, random: u64) {
        let key = record_key(batch.day(), random);
        let record = merge(self.0.get(&key).map(Vec::as_slice), batch).expect("a record of this version");
        self.0.insert(key, record);
    }

    pub fn rows(&self) -> Vec<Row> {
        rows(&self.0, &Filter::default())
    }
}

pub fn total(rows: &[Row]) -> Counts {
    rows.iter().fold(Counts::default(), |sum, row| Counts {
        calls: sum.calls + row.counts.calls,
        failures: sum.failures + row.counts.failures,
        duration_ms: sum.duration_ms + row.counts.duration_ms,
        longest_ms: sum.longest_ms.max(row.counts.longest_ms),
        sent_bytes: sum.sent_bytes + row.counts.sent_bytes,
        received_bytes: sum.received_bytes + row.counts.received_bytes,
    })
}
