//! `learned/<alias>/<caller>`: what one caller's results have taught of a server's tools, JSON with a version.

use super::{
    Subject, record,
    sampling::{ALWAYS_LEARNED, PAUSE_MS},
};
use crate::host::Host;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PREFIX: &str = "learned/";

/// The record.
#[derive(Serialize, Deserialize)]
pub(super) struct Own {
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

impl record::Contents for Own {
    fn empty(identity: &str) -> Self {
        Self { server: identity.to_string(), tools: BTreeMap::new() }
    }

    fn identity(&self) -> &str {
        &self.server
    }

    fn remove_oldest(&mut self) -> bool {
        let oldest = self.tools.iter().min_by_key(|(_, entry)| entry.learned_unix_ms);
        let oldest = oldest.map(|(tool, _)| tool.clone());
        oldest.is_some_and(|tool| self.tools.remove(&tool).is_some())
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
    record::load(host, &key(&subject.id, caller), &subject.identity).await
}

/// Changes the record of a caller, where the store works and `change` says that it has. Instances that learn from results
/// of one caller at the same time lose nothing of each other.
pub(super) async fn change<H: Host>(host: &H, subject: &Subject, caller: &str, change: impl Fn(&mut Own) -> bool) {
    record::change(host, &key(&subject.id, caller), &subject.identity, change).await;
}
