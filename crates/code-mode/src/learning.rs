//! Learns what tools return that do not say so (code-mode.md, "TypeScript declarations").
//!
//! Calls leave samples behind; after the answer has gone out, discovery turns them into types and the
//! registry keeps the types, for the caller whose results they were. What several callers' results have in common it
//! keeps for all. Values are never kept.

use crate::{
    platform::{Platform, Registry},
    settings::Settings,
};
use contracts::registry::{Agreement, LearnedResult, Lesson, Lessons};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, HashMap},
};

/// Bytes of samples of one request that wait to be learned from.
const WAITING_BYTES: usize = 1 << 20;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A server and a tool.
type Callee = (String, String);

/// Values that came for one caller and wait to be learned from.
#[derive(Default)]
pub struct Samples {
    waiting: RefCell<BTreeMap<Callee, Vec<String>>>,
    waiting_bytes: Cell<usize>,
}

impl Samples {
    /// Takes note of the value (JSON text) that a tool without an output schema gave.
    pub(crate) fn add(&self, registry: &impl Registry, server: &str, tool: &str, value: &str) {
        let bytes = self.waiting_bytes.get() + value.len();
        if registry.wants_sample(server, tool) && bytes <= WAITING_BYTES {
            self.waiting_bytes.set(bytes);
            let callee = (server.to_string(), tool.to_string());
            self.waiting.borrow_mut().entry(callee).or_default().push(value.to_string());
        }
    }

    /// Whether there is something to learn from.
    pub fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Learns from what waits, and has the registry keep it. `platform` is that of the caller whose results they are.
    pub async fn learn<P: Platform>(&self, platform: &P, settings: &Settings) {
        let waiting = self.waiting.take();
        self.waiting_bytes.set(0);
        if waiting.is_empty() {
            return;
        }
        let servers: BTreeSet<String> = waiting.keys().map(|(server, _)| server.clone()).collect();
        let known = Learned::load(platform, servers.into_iter().collect(), settings).await;
        let learn = |((alias, tool), values): (Callee, Vec<String>)| {
            let known = known.own(&alias, &tool).map(str::to_string);
            let learned = platform.learn(known.as_deref(), &values, platform.now_ms());
            Lesson { alias, tool, known, text: learned.text, is_news: learned.is_news }
        };
        let lessons = waiting.into_iter().map(learn).collect();
        let compared = platform.keep_learned(lessons, max_age_ms(settings)).await;
        if compared.is_empty() {
            return;
        }
        let agree = |Lessons { alias, tool, known, texts }: Lessons| {
            let text = platform.agree(known.as_deref(), &texts);
            Agreement { alias, tool, text }
        };
        platform.keep_agreements(compared.into_iter().map(agree).collect()).await;
    }
}

/// What a caller may know of results.
#[derive(Default, PartialEq, Clone)]
pub struct Learned(HashMap<Callee, LearnedResult>);

impl Learned {
    /// Asks the registry.
    pub(crate) async fn load(registry: &impl Registry, aliases: Vec<String>, settings: &Settings) -> Self {
        let learned = registry.load_learned(aliases, max_age_ms(settings)).await;
        Self(learned.into_iter().map(|one| ((one.alias.clone(), one.tool.clone()), one)).collect())
    }

    /// What the caller's own results have taught, as discovery gave it.
    pub(crate) fn own(&self, server: &str, tool: &str) -> Option<&str> {
        self.of(server, tool)?.own.as_deref()
    }

    /// What the results of several callers have in common, as discovery gave it.
    pub(crate) fn common(&self, server: &str, tool: &str) -> Option<&str> {
        self.of(server, tool)?.common.as_deref()
    }

    fn of(&self, server: &str, tool: &str) -> Option<&LearnedResult> {
        self.0.get(&(server.to_string(), tool.to_string()))
    }
}

fn max_age_ms(settings: &Settings) -> u64 {
    settings.learned_days * DAY_MS
}
