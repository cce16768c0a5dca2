//! `learned/<alias>/<caller>`: what one caller's results have taught of a server's tools, JSON with a version.

use super::{
    Subject,
    sampling::{ALWAYS_LEARNED, PAUSE_MS},
};
use crate::{host::Host, records};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PREFIX: &str = "learned/";

/// Counts up when the record changes its form; another form is as good as none, since it is learned again.
const VERSION: u32 = 1;

/// Key-value stores of edge platforms take values of up to 1 MB.
const LARGEST_BYTES: usize = 1_000_000;

/// The record.
#[derive(Serialize, Deserialize)]
pub(super) struct Own {
    version: u32,
    /// Tells the server from others that had its alias before.
    server: String,
    tools: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    learned_unix_ms: u64,
    /// How often something was learned.
    lessons: u32,
    text: String,
}

impl Own {
    /// What is known of each tool, as far as it is not older.
    pub fn since(&self, since_ms: u64) -> impl Iterator<Item = (&str, &str)> {
        let young = self.tools.iter().filter(move |(_, entry)| entry.learned_unix_ms >= since_ms);
        young.map(|(tool, entry)| (tool.as_str(), entry.text.as_str()))
    }

    /// What is known of a tool, if it is not older.
    pub fn get_since(&self, tool: &str, since_ms: u64) -> Option<&str> {
        let entry = self.tools.get(tool).filter(|entry| entry.learned_unix_ms >= since_ms);
        entry.map(|entry| entry.text.as_str())
    }

    pub fn insert(&mut self, tool: &str, text: &str, now_ms: u64) {
        let lessons = self.tools.get(tool).map_or(0, |entry| entry.lessons).saturating_add(1);
        self.tools.insert(tool.to_string(), Entry { learned_unix_ms: now_ms, lessons, text: text.to_string() });
    }

    /// Until when no more is to be learned of a tool, if something keeps it back now.
    pub fn paused_until(&self, tool: &str, now_ms: u64) -> Option<u64> {
        let entry = self.tools.get(tool).filter(|entry| entry.lessons >= ALWAYS_LEARNED)?;
        let until_ms = entry.learned_unix_ms.saturating_add(PAUSE_MS);
        // A clock that was set back must not stop the learning.
        (entry.learned_unix_ms..until_ms).contains(&now_ms).then_some(until_ms)
    }
}

/// The server and the caller of a record, by its key; `None` when another kind of record has it.
pub(super) fn place(key: &str) -> Option<(&str, &str)> {
    key.strip_prefix(PREFIX)?.split_once('/')
}

fn key(id: &str, caller: &str) -> String {
    format!("{PREFIX}{id}/{caller}")
}

/// The record of a caller; an empty one where there is none, or that of another server.
pub(super) async fn load<H: Host>(host: &H, subject: &Subject, caller: &str) -> Own {
    let stored = records::load(host, &key(&subject.id, caller)).await.unwrap_or_default();
    let own = serde_json::from_slice(&stored).ok();
    own.filter(|own: &Own| own.version == VERSION && own.server == subject.identity).unwrap_or_else(|| Own {
        version: VERSION,
        server: subject.identity.clone(),
        tools: BTreeMap::new(),
    })
}

/// Keeps a record. The oldest tools go when all of them are too much.
pub(super) async fn save<H: Host>(host: &H, subject: &Subject, caller: &str, mut own: Own) {
    while let Ok(bytes) = serde_json::to_vec(&own) {
        if bytes.len() <= LARGEST_BYTES {
            return records::save(host, &key(&subject.id, caller), bytes).await;
        }
        let oldest = own.tools.iter().min_by_key(|(_, entry)| entry.learned_unix_ms);
        let Some(oldest) = oldest.map(|(tool, _)| tool.clone()) else { return };
        own.tools.remove(&oldest);
    }
}
