//! `learned-in-common/<alias>`: what the results of several callers have in common, and who has learned.

use super::{Subject, record};
use crate::host::Host;
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::BTreeMap};

/// When a caller learned last is noted at most once in this time.
const NOTED_EVERY_MS: u64 = 3_600_000;

/// Also where nothing new was learned, it is compared anew after this time.
const COMPARED_EVERY_MS: u64 = 86_400_000;

/// The record.
#[derive(Serialize, Deserialize)]
pub(super) struct Common {
    /// Tells the server from others that had its alias before.
    server: String,
    /// When each caller has learned last, about.
    callers: BTreeMap<String, u64>,
    tools: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    compared_unix_ms: u64,
    /// `None`: nothing is common.
    text: Option<String>,
}

impl Common {
    /// What is known of each tool, as far as it is not older.
    pub fn since(&self, since_ms: u64) -> impl Iterator<Item = (&str, &str)> {
        let young = self.tools.iter().filter(move |(_, entry)| entry.compared_unix_ms >= since_ms);
        young.filter_map(|(tool, entry)| Some((tool.as_str(), entry.text.as_deref()?)))
    }

    /// What is known of a tool, if it is not older.
    pub fn get_since(&self, tool: &str, since_ms: u64) -> Option<&str> {
        self.tools.get(tool).filter(|entry| entry.compared_unix_ms >= since_ms)?.text.as_deref()
    }

    pub fn insert(&mut self, tool: &str, text: Option<&str>, now_ms: u64) {
        let entry = Entry { compared_unix_ms: now_ms, text: text.map(str::to_string) };
        self.tools.insert(tool.to_string(), entry);
    }

    /// Whether the results of a tool are to be compared.
    pub fn is_due(&self, tool: &str, is_news: bool, now_ms: u64) -> bool {
        let compared_ms = self.tools.get(tool).map_or(0, |entry| entry.compared_unix_ms);
        is_news || compared_ms.saturating_add(COMPARED_EVERY_MS) <= now_ms
    }

    /// Whether a caller has been noted not long ago.
    pub fn knows(&self, caller: &str, now_ms: u64) -> bool {
        self.callers.get(caller).is_some_and(|noted_ms| noted_ms.saturating_add(NOTED_EVERY_MS) > now_ms)
    }

    /// Notes that a caller has learned.
    pub fn note(&mut self, caller: &str, now_ms: u64) {
        self.callers.insert(caller.to_string(), now_ms);
    }

    /// The callers that have learned last, but for one.
    pub fn last_callers_but(&self, caller: &str, most: usize) -> Vec<&str> {
        let mut others: Vec<_> = self.callers.iter().filter(|(other, _)| *other != caller).collect();
        others.sort_by_key(|(_, noted_ms)| Reverse(**noted_ms));
        others.into_iter().take(most).map(|(other, _)| other.as_str()).collect()
    }
}

impl record::Contents for Common {
    fn empty(identity: &str) -> Self {
        Self { server: identity.to_string(), callers: BTreeMap::new(), tools: BTreeMap::new() }
    }

    fn identity(&self) -> &str {
        &self.server
    }

    fn remove_oldest(&mut self) -> bool {
        let oldest = self.tools.iter().min_by_key(|(_, entry)| entry.compared_unix_ms);
        let oldest = oldest.map(|(tool, _)| tool.clone());
        oldest.is_some_and(|tool| self.tools.remove(&tool).is_some())
    }
}

pub(super) fn key(id: &str) -> String {
    format!("learned-in-common/{id}")
}

/// The record; an empty one where there is none, or that of another server.
pub(super) async fn load<H: Host>(host: &H, id: &str, identity: &str) -> Common {
    record::load(host, &key(id), identity).await
}

/// Changes the record, where the store works.
pub(super) async fn change<H: Host>(host: &H, subject: &Subject, change: impl Fn(&mut Common)) {
    let changed = |common: &mut Common| {
        change(common);
        true
    };
    record::change(host, &key(&subject.id), &subject.identity, changed).await;
}
