use crate::{
    failure::{Failure, FailureKind},
    placeholders::SecretValues,
    target::{self, Target},
};
use serde_json::Value;
use upstream_address::PrivateUpstreams;

/// A server as the operator configured it.
#[derive(Debug)]
pub(crate) struct ServerEntry {
    pub alias: String,
    pub title: Option<String>,
    pub description: Option<String>,
    /// How to reach it, or why that cannot be known.
    pub target: Result<Target, Failure>,
}

/// Reads one entry of `mcpServers`; `None` when it is disabled.
pub(crate) fn read(
    alias: &str,
    entry: &Value,
    secrets: &SecretValues,
    private: PrivateUpstreams,
) -> Option<ServerEntry> {
    if entry["disabled"].as_bool() == Some(true) {
        return None;
    }
    let text = |name: &str| entry[name].as_str().filter(|text| !text.is_empty()).map(str::to_string);
    let target = target::read(alias, entry, secrets, private)
        .map_err(|error| Failure::new(FailureKind::Configuration, format!("Server \"{alias}\" {error}.")));
    Some(ServerEntry { alias: alias.to_string(), title: text("title"), description: text("description"), target })
}
