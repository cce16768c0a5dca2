//! What was learned of tools' results: types as discovery wrote them, never values.
//!
//! What one caller's results teach is for that caller (`own`). What several callers' results have in common is for all
//! (`common`); discovery finds it out, and is asked when a result has said something new.

mod common;
mod own;
mod record;
mod sampling;

use crate::{
    access::Access,
    host::{Host, StoreError},
    registry::Registry,
    snapshot::Known,
};
use common::Common;
use futures::future::{join, join_all};
use own::Own;
pub(crate) use sampling::Sampling;
use std::collections::{BTreeMap, BTreeSet};

/// Other callers whose results a caller's are compared with: those who have learned last.
const COMPARED_CALLERS: usize = 8;

/// What a caller may know of one tool's results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedResult {
    pub alias: String,
    pub tool: String,
    /// What results have taught that this caller had, as discovery gave it.
    pub own: Option<String>,
    /// What the results of several callers have in common, as discovery gave it.
    pub common: Option<String>,
}

/// What was learned of results that a caller had of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    pub alias: String,
    pub tool: String,
    /// What was known before, and this goes on from.
    pub known: Option<String>,
    /// As discovery gave it.
    pub text: String,
    /// Whether it says of results what was not known before.
    pub is_news: bool,
}

/// What several callers have learned of a tool's results, for discovery to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lessons {
    pub alias: String,
    pub tool: String,
    /// What was common before.
    pub known: Option<String>,
    pub texts: Vec<String>,
}

/// What the results that several callers had of a tool have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub alias: String,
    pub tool: String,
    /// As discovery gave it; `None` when nothing is common.
    pub text: Option<String>,
}

/// A server of whose results a caller may learn.
struct Subject {
    /// What the caller calls it.
    alias: String,
    id: String,
    /// Tells it from others that had its alias before.
    identity: String,
}

impl<H: Host> Access<H> {
    /// Whether a result that a tool gives to this caller now is to be learned from: not where the operator has switched
    /// that off, and after the first ones only now and then.
    pub fn wants_sample(&self, alias: &str, tool: &str) -> bool {
        let (sampling, now_ms) = (&self.registry.sampling, self.registry.host.unix_ms());
        self.learner(alias).is_some_and(|server| sampling.wants(self.caller.id(), server.id, tool, now_ms))
    }

    /// What the caller may know of the tools of some servers, as far as it is not older than `max_age_ms`.
    pub async fn load_learned(&self, aliases: &[String], max_age_ms: u64) -> Vec<LearnedResult> {
        let since_ms = self.since_ms(max_age_ms);
        let subjects: Vec<Subject> = aliases.iter().filter_map(|alias| self.subject(alias)).collect();
        let of_server = |subject| async move { self.load(subject, since_ms).await };
        join_all(subjects.iter().map(of_server)).await.into_iter().flatten().collect()
    }

    async fn load(&self, subject: &Subject, since_ms: u64) -> Vec<LearnedResult> {
        let host = &self.registry.host;
        let of_caller = own::load(host, subject, self.caller.id());
        let (own, common) = join(of_caller, common::load(host, &subject.id, &subject.identity)).await;
        let own: BTreeMap<&str, &str> = own.since(since_ms).collect();
        let common: BTreeMap<&str, &str> = common.since(since_ms).collect();
        let tools: BTreeSet<&str> = own.keys().chain(common.keys()).copied().collect();
        let result = |tool: &str| LearnedResult {
            alias: subject.alias.clone(),
            tool: tool.to_string(),
            own: own.get(tool).map(ToString::to_string),
            common: common.get(tool).map(ToString::to_string),
        };
        tools.into_iter().map(result).collect()
    }

    /// Keeps what was learned of results that this caller had, one write for each server, and gives what is to be
    /// compared. When two instances learn of one tool at the same time, one of them is lost, which the next
    /// result makes good; and what somebody has cleared meanwhile does not come back.
    pub async fn keep_learned(&self, lessons: Vec<Lesson>, max_age_ms: u64) -> Vec<Lessons> {
        let since_ms = self.since_ms(max_age_ms);
        let mut by_server: BTreeMap<String, Vec<Lesson>> = BTreeMap::new();
        for lesson in lessons {
            by_server.entry(lesson.alias.clone()).or_default().push(lesson);
        }
        let keep = |(alias, lessons): (String, Vec<Lesson>)| async move {
            match self.subject(&alias) {
                Some(subject) => self.keep(&subject, lessons, since_ms).await,
                None => Vec::new(),
            }
        };
        join_all(by_server.into_iter().map(keep)).await.into_iter().flatten().collect()
    }

    async fn keep(&self, subject: &Subject, mut lessons: Vec<Lesson>, since_ms: u64) -> Vec<Lessons> {
        let (host, caller) = (&self.registry.host, self.caller.id());
        let now_ms = host.unix_ms();
        let own = own::load(host, subject, caller).await;
        lessons.retain(|lesson| {
            let paused_until = own.paused_until(&lesson.tool, now_ms);
            if let Some(until_ms) = paused_until {
                self.registry.sampling.pause(caller, &subject.id, &lesson.tool, until_ms);
            }
            paused_until.is_none() && own.get_since(&lesson.tool, since_ms) == lesson.known.as_deref()
        });
        if lessons.is_empty() {
            return Vec::new();
        }
        let insert = |own: &mut Own| {
            let is_current = |lesson: &&Lesson| own.get_since(&lesson.tool, since_ms) == lesson.known.as_deref();
            let current: Vec<&Lesson> = lessons.iter().filter(is_current).collect();
            current.iter().for_each(|lesson| own.insert(&lesson.tool, &lesson.text, now_ms));
            !current.is_empty()
        };
        own::change(host, subject, caller, insert).await;
        let mut common = common::load(host, &subject.id, &subject.identity).await;
        if !common.knows(caller, now_ms) {
            common::change(host, subject, |common| common.note(caller, now_ms)).await;
            // Of two who come at the same time one sees the other.
            common = common::load(host, &subject.id, &subject.identity).await;
        }
        let others = common.last_callers_but(caller, COMPARED_CALLERS);
        lessons.retain(|lesson| common.is_due(&lesson.tool, lesson.is_news, now_ms));
        if others.is_empty() || lessons.is_empty() {
            return Vec::new();
        }
        let of_others: Vec<Own> = join_all(others.iter().map(|other| own::load(host, subject, other))).await;
        let compared = |lesson: Lesson| {
            let theirs = of_others.iter().filter_map(|other| other.get_since(&lesson.tool, since_ms));
            let texts = theirs.map(str::to_string).chain([lesson.text.clone()]).collect();
            let known = common.get_since(&lesson.tool, since_ms).map(str::to_string);
            Lessons { alias: lesson.alias, tool: lesson.tool, known, texts }
        };
        lessons.into_iter().map(compared).collect()
    }

    /// Keeps what the results of several callers have in common, for all callers.
    pub async fn keep_agreements(&self, agreements: Vec<Agreement>) {
        let mut by_server: BTreeMap<String, Vec<Agreement>> = BTreeMap::new();
        for agreement in agreements {
            by_server.entry(agreement.alias.clone()).or_default().push(agreement);
        }
        for (alias, mut agreements) in by_server {
            let Some(subject) = self.subject(&alias) else { continue };
            let (host, caller) = (&self.registry.host, self.caller.id());
            // Where that was cleared which they were made from, they are void.
            let own = own::load(host, &subject, caller).await;
            agreements.retain(|agreement| own.get_since(&agreement.tool, 0).is_some());
            let now_ms = host.unix_ms();
            common::change(host, &subject, |common: &mut Common| {
                agreements.iter().for_each(|one| common.insert(&one.tool, one.text.as_deref(), now_ms));
            })
            .await;
        }
    }

    /// The server that a caller means, if it may be used and types are learned of it.
    fn learner<'a>(&'a self, alias: &'a str) -> Option<Known<'a>> {
        self.find(alias).filter(|server| server.learn_types)
    }

    fn subject(&self, alias: &str) -> Option<Subject> {
        let server = self.learner(alias)?;
        let identity = self.snapshot.identity(server.id);
        Some(Subject { alias: alias.to_string(), id: server.id.to_string(), identity })
    }

    fn since_ms(&self, max_age_ms: u64) -> u64 {
        self.registry.host.unix_ms().saturating_sub(max_age_ms)
    }
}

impl<H: Host> Registry<H> {
    /// Removes what was learned of a server, of all callers, where the store works.
    pub(crate) async fn forget_learned(&self, id: &str) {
        if let Err(error) = self.clear_learned(id).await {
            self.host.warn(&format!("cannot remove what was learned of \"{id}\": {error}"));
        }
    }

    /// Removes what was learned of a server, of all callers.
    pub(crate) async fn clear_learned(&self, id: &str) -> Result<(), StoreError> {
        self.sampling.forget(id);
        for key in self.host.keys().await? {
            if own::place(&key).is_some_and(|(server, _)| server == id) {
                self.host.delete(&key).await?;
            }
        }
        self.host.delete(&common::key(id)).await
    }

    /// Removes what was learned of the results of one caller, where the store works. Should it fail, a later sweep finds it.
    pub(crate) async fn forget_caller(&self, caller: &str) {
        let forgotten = async { self.forget_callers(&self.host.keys().await?, |other| other == caller).await };
        if let Err(error) = forgotten.await {
            self.host.warn(&format!("cannot remove what was learned of the results of {caller}: {error}"));
        }
    }

    /// Removes what was learned of the results of callers that are gone.
    pub(crate) async fn forget_callers(
        &self,
        keys: &[String],
        is_gone: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        for key in keys {
            if own::place(key).is_some_and(|(_, caller)| is_gone(caller)) {
                self.host.delete(key).await?;
            }
        }
        Ok(())
    }
}
