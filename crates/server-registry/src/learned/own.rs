//! `learned/<alias>/<caller>`: what one caller's results have taught of a server's tools, JSON with a version.

use super::{
    Subject,
    sampling::{ALWAYS_LEARNED, PAUSE_MS},
};
use crate::{
    host::Host,
    records,
    store::document::{self, ChangeError},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PREFIX: &str = "learned/";

/// What is to be stored has so many bytes at most, without who wrote it: key-value stores of edge platforms take 1 MB.
const LARGEST_BYTES: usize = 900_000;

/// The record.
#[derive(Default, Serialize, Deserialize)]
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

    /// Leaves out the oldest tools, while all are too much.
    fn shrink(&mut self) {
        while serde_json::to_vec(self).is_ok_and(|bytes| bytes.len() > LARGEST_BYTES) {
            let oldest = self.tools.iter().min_by_key(|(_, entry)| entry.learned_unix_ms);
            let Some(oldest) = oldest.map(|(tool, _)| tool.clone()) else { return };
            self.tools.remove(&oldest);
        }
    }

    /// The record, if it is of this server.
    fn of(self, identity: &str) -> Self {
        match self.server == identity {
            true => self,
            false => Self { server: identity.to_string(), ..Self::default() },
        }
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
    let key = key(&subject.id, caller);
    let Some(stored) = records::load(host, &key).await else { return Own::default().of(&subject.identity) };
    match document::read::<Own>(&key, &stored) {
        Ok(own) => own.of(&subject.identity),
        Err(_) => {
            // It is learned again.
            records::remove(host, &key).await;
            Own::default().of(&subject.identity)
        }
    }
}

/// Changes the record of a caller, where the store works and `change` says that it has. Instances that learn from results
/// of one caller at the same time lose nothing of each other.
pub(super) async fn change<H: Host>(host: &H, subject: &Subject, caller: &str, change: impl Fn(&mut Own) -> bool) {
    let key = key(&subject.id, caller);
    let changed = document::change(host, &key, |own: Option<Own>| {
        let mut own = own.unwrap_or_default().of(&subject.identity);
        if !change(&mut own) {
            return Err(Unchanged);
        }
        own.shrink();
        Ok((own, ()))
    });
    match changed.await {
        Ok(()) | Err(ChangeError::Refused(Unchanged)) => {}
        Err(ChangeError::Store(error)) => host.warn(&format!("cannot write \"{key}\": {error}")),
        Err(error @ (ChangeError::Busy | ChangeError::TooLarge)) => {
            host.warn(&format!("cannot write \"{key}\": {error}"));
        }
    }
}

/// There was nothing to keep.
#[derive(Debug)]
struct Unchanged;
