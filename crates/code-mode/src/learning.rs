//! Learns what tools return that do not say so (code-mode.md, "TypeScript declarations").
//!
//! Calls leave samples behind; after the answer has gone out, discovery turns them into types and the
//! registry keeps the types. Values are never kept.

use crate::{
    platform::{Platform, Registry},
    settings::Settings,
};
use contracts::registry::LearnedResult;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
};

/// Every result is worth a look until so many were seen; after that each time the number has doubled, since
/// the store has better things to do than to write the same type again.
const ALWAYS_LEARNED: u32 = 4;

/// Bytes of samples that wait to be learned from.
const WAITING_BYTES: usize = 1 << 20;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A server and a tool.
type Callee = (String, String);

/// Values that wait to be learned from.
#[derive(Default)]
pub struct Samples {
    waiting: RefCell<BTreeMap<Callee, Vec<String>>>,
    waiting_bytes: Cell<usize>,
    seen: RefCell<HashMap<Callee, u32>>,
}

impl Samples {
    /// Takes note of the value (JSON text) that a tool without an output schema gave.
    pub(crate) fn add(&self, server: &str, tool: &str, value: &str) {
        let callee = (server.to_string(), tool.to_string());
        let mut seen = self.seen.borrow_mut();
        let count = seen.entry(callee.clone()).or_default();
        *count = count.saturating_add(1);
        let bytes = self.waiting_bytes.get() + value.len();
        if (*count <= ALWAYS_LEARNED || count.is_power_of_two()) && bytes <= WAITING_BYTES {
            self.waiting_bytes.set(bytes);
            self.waiting.borrow_mut().entry(callee).or_default().push(value.to_string());
        }
    }

    /// Whether there is something to learn from.
    pub fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Learns from what waits, and has the registry keep it.
    pub async fn learn<P: Platform>(&self, platform: &P, settings: &Settings) {
        let waiting = self.waiting.take();
        self.waiting_bytes.set(0);
        if waiting.is_empty() {
            return;
        }
        let mut servers: Vec<String> = waiting.keys().map(|(server, _)| server.clone()).collect();
        servers.dedup();
        let known = Learned::load(platform, servers, settings).await;
        let learn = |((alias, tool), values): (Callee, Vec<String>)| {
            let text = platform.learn(known.of(&alias, &tool), &values, platform.now_ms());
            LearnedResult { alias, tool, text }
        };
        platform.keep_learned(waiting.into_iter().map(learn).collect()).await;
    }
}

/// What is known of results.
#[derive(Default, PartialEq, Eq, Clone)]
pub struct Learned(HashMap<Callee, String>);

impl Learned {
    /// Asks the registry.
    pub(crate) async fn load(registry: &impl Registry, aliases: Vec<String>, settings: &Settings) -> Self {
        let learned = registry.load_learned(aliases, settings.learned_days * DAY_MS).await;
        Self(learned.into_iter().map(|one| ((one.alias, one.tool), one.text)).collect())
    }

    /// As discovery gave it.
    pub(crate) fn of(&self, server: &str, tool: &str) -> Option<&str> {
        self.0.get(&(server.to_string(), tool.to_string())).map(String::as_str)
    }
}
