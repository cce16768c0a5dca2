use crate::name::{MAX_SERVER_CHARS, cut};
use crate::outcome::Sign;
use crate::{FailureKind, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Of so many servers is the health known, in a tally and in a record: those last heard of.
pub const MAX_SERVERS: usize = 1_000;

/// Most characters of a kind of failure that a record has.
const MAX_KIND_CHARS: usize = 32;

/// When a server last did well, and when not. A tool's error is an answer, and so well; what never reached the server
/// (unknown, refused, cancelled) counts neither way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_unix_ms: Option<u64>,
    /// The failure last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<LastFailure>,
}

/// A failure of a server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastFailure {
    /// Milliseconds since 1970.
    pub at_unix_ms: u64,
    /// The [`FailureKind::word`]. It may be one that a newer Bobbin wrote.
    pub kind: String,
}

impl LastFailure {
    fn new(at_unix_ms: u64, kind: FailureKind) -> Self {
        Self { at_unix_ms, kind: kind.word().to_string() }
    }
}

impl Health {
    /// What is newer of each.
    fn add(&mut self, other: Self) {
        self.last_success_unix_ms = self.last_success_unix_ms.max(other.last_success_unix_ms);
        self.last_failure = self.last_failure.take().max(other.last_failure);
    }

    fn last_heard_unix_ms(&self) -> Option<u64> {
        self.last_success_unix_ms.max(self.last_failure.as_ref().map(|failure| failure.at_unix_ms))
    }
}

/// The health of at most [`MAX_SERVERS`] servers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Servers(BTreeMap<String, Health>);

impl Servers {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &Health)> {
        self.0.iter()
    }

    pub fn note(&mut self, server: &str, outcome: Outcome, now_unix_ms: u64) {
        let health = match outcome.sign() {
            Sign::Good => Health { last_success_unix_ms: Some(now_unix_ms), last_failure: None },
            Sign::Bad(kind) => {
                Health { last_success_unix_ms: None, last_failure: Some(LastFailure::new(now_unix_ms, kind)) }
            }
            Sign::None => return,
        };
        self.add(server, health);
    }

    /// Names and kinds are cut to their lengths.
    pub fn add(&mut self, server: &str, mut health: Health) {
        if let Some(failure) = &mut health.last_failure {
            failure.kind = cut(&failure.kind, MAX_KIND_CHARS).into_owned();
        }
        self.0.entry(cut(server, MAX_SERVER_CHARS).into_owned()).or_default().add(health);
        while self.0.len() > MAX_SERVERS {
            let longest_unheard = self.0.iter().min_by_key(|(_, health)| health.last_heard_unix_ms());
            let Some(server) = longest_unheard.map(|(server, _)| server.clone()) else { return };
            self.0.remove(&server);
        }
    }
}

/// The newest of many, without a limit.
pub(crate) fn newest(all: impl IntoIterator<Item = Servers>) -> BTreeMap<String, Health> {
    let mut newest = BTreeMap::<String, Health>::new();
    for (server, health) in all.into_iter().flat_map(|servers| servers.0) {
        newest.entry(server).or_default().add(health);
    }
    newest
}
