//! What was learned of tools' results: `learned/<alias>` in the key-value store, JSON with a version. It holds
//! types as discovery wrote them, never values.

use crate::{Registry, host::Host, records};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts up when the record changes its form; another form is as good as none, since it is learned again.
const VERSION: u32 = 1;

/// Key-value stores of edge platforms take values of up to 1 MB.
const LARGEST_BYTES: usize = 1_000_000;

/// What is known of one tool's results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedResult {
    pub alias: String,
    pub tool: String,
    /// As discovery gave it.
    pub text: String,
}

#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
    tools: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    learned_unix_ms: u64,
    text: String,
}

impl<H: Host> Registry<H> {
    /// What is known of the tools of some servers, as far as it is not older than `max_age_ms`.
    pub async fn load_learned(&self, aliases: &[String], max_age_ms: u64) -> Vec<LearnedResult> {
        let oldest_unix_ms = self.host.unix_ms().saturating_sub(max_age_ms);
        let of_server = |alias: &String| {
            let alias = alias.clone();
            async move {
                let record = self.record(&alias).await;
                record
                    .tools
                    .into_iter()
                    .filter(|(_, entry)| entry.learned_unix_ms >= oldest_unix_ms)
                    .map(|(tool, entry)| LearnedResult { alias: alias.clone(), tool, text: entry.text })
                    .collect::<Vec<_>>()
            }
        };
        join_all(aliases.iter().map(of_server)).await.into_iter().flatten().collect()
    }

    /// Keeps what was learned, one write for each server. When two instances learn at the same time, one of
    /// them is lost, which the next result makes good.
    pub async fn keep_learned(&self, learned: Vec<LearnedResult>) {
        let now_unix_ms = self.host.unix_ms();
        let mut by_server: BTreeMap<String, Vec<LearnedResult>> = BTreeMap::new();
        for one in learned {
            by_server.entry(one.alias.clone()).or_default().push(one);
        }
        join_all(by_server.into_iter().map(|(alias, learned)| async move {
            let mut record = self.record(&alias).await;
            for one in learned {
                record.tools.insert(one.tool, Entry { learned_unix_ms: now_unix_ms, text: one.text });
            }
            if let Some(bytes) = write(record) {
                records::save(&self.host, &key(&alias), bytes).await;
            }
        }))
        .await;
    }

    async fn record(&self, alias: &str) -> Record {
        let stored = records::load(&self.host, &key(alias)).await.unwrap_or_default();
        let record = serde_json::from_slice(&stored).ok().filter(|record: &Record| record.version == VERSION);
        record.unwrap_or(Record { version: VERSION, tools: BTreeMap::new() })
    }
}

pub(crate) fn key(alias: &str) -> String {
    format!("learned/{alias}")
}

/// The oldest tools go when all of them are too much.
fn write(mut record: Record) -> Option<Vec<u8>> {
    loop {
        let bytes = serde_json::to_vec(&record).ok()?;
        if bytes.len() <= LARGEST_BYTES {
            return Some(bytes);
        }
        let oldest = record.tools.iter().min_by_key(|(_, entry)| entry.learned_unix_ms)?.0.clone();
        record.tools.remove(&oldest);
    }
}
