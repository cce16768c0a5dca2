use crate::protocol::timestamp;
use crate::servers::auth::AuthView;
use crate::{Hidden, Revision};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tool_policy::Policy;

/// A server in answers: its secrets are `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerView {
    /// Its name in scripts and paths.
    pub alias: String,
    /// Title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its Streamable HTTP endpoint.
    pub url: String,
    /// The headers of every request to it, by name in lower case.
    pub headers: BTreeMap<String, Hidden>,
    /// How the gateway signs in there.
    pub auth: AuthView,
    /// Milliseconds that a call may take.
    pub timeout_ms: u32,
    /// Whether it is there at all for agents.
    pub enabled: bool,
    /// Whether scripts may use it.
    pub code_mode: bool,
    /// Whether types are learned of what its tools return.
    pub learn_types: bool,
    /// Which of its tools may be used.
    pub tools: Policy,
    /// Who registered it.
    pub source: Source,
    /// Why it cannot be used as it is configured: one sentence without credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Grows with every change; below 2^53. For a declared server any number that changes with its entry.
    pub version: u64,
    /// When it was registered, in milliseconds since 1970; unknown of a declared server.
    #[serde(rename = "createdAt", serialize_with = "timestamp::optional", skip_serializing_if = "Option::is_none")]
    pub created_at_ms: Option<u64>,
    /// When it was changed last, in milliseconds since 1970.
    #[serde(rename = "updatedAt", serialize_with = "timestamp::optional", skip_serializing_if = "Option::is_none")]
    pub updated_at_ms: Option<u64>,
}

/// Who registered a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// Somebody, through this API.
    Api,
    /// The operator, in the variable `servers`.
    Variable,
    /// An agent.
    Agent,
}

impl ServerView {
    /// Which state of the server it shows.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision { version: self.version, created_at_ms: self.created_at_ms.unwrap_or_default() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::to_value(self).expect("names, texts and numbers are JSON")
    }
}
