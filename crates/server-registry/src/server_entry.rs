use crate::{
    failure::{Failure, FailureKind},
    placeholders::SecretValues,
    target::{self, EntryError, Target},
};
use serde_json::Value;
use std::rc::Rc;
use tool_policy::Policy;
use upstream_address::PrivateUpstreams;

/// A server as it is configured: in the variable `servers`, or through the API.
#[derive(Debug, Clone)]
pub(crate) struct ServerEntry {
    pub alias: String,
    pub title: Option<String>,
    pub description: Option<String>,
    /// Whether scripts may use it.
    pub code_mode: bool,
    /// Whether types are learned of what its tools return.
    pub learn_types: bool,
    /// How to reach it and which of its tools may be used, or why that cannot be known.
    pub connection: Result<Rc<ServerConnection>, Failure>,
}

/// What is needed to use a server.
#[derive(Debug)]
pub(crate) struct ServerConnection {
    pub target: Target,
    pub policy: Policy,
}

/// Reads one entry of `mcpServers`; `None` when it is disabled.
pub(crate) fn read(
    alias: &str,
    entry: &Value,
    secrets: &SecretValues,
    private: PrivateUpstreams,
) -> Option<ServerEntry> {
    if is_off(entry) {
        return None;
    }
    let text = |name: &str| entry[name].as_str().filter(|text| !text.is_empty()).map(str::to_string);
    Some(ServerEntry {
        alias: alias.to_string(),
        title: text("title"),
        description: text("description"),
        code_mode: entry["codeMode"].as_bool() != Some(false),
        learn_types: entry["learnTypes"].as_bool() != Some(false),
        connection: connection(alias, entry, secrets, private).map(Rc::new).map_err(|error| unusable(alias, &error)),
    })
}

/// The failure of a server whose configuration cannot be used.
pub(crate) fn unusable(alias: &str, error: &EntryError) -> Failure {
    Failure::new(FailureKind::Configuration, format!("Server \"{alias}\" {error}."))
}

fn connection(
    alias: &str,
    entry: &Value,
    secrets: &SecretValues,
    private: PrivateUpstreams,
) -> Result<ServerConnection, EntryError> {
    let target = target::read(alias, entry, secrets, private)?;
    let policy = match policy_of(entry) {
        None => Policy::default(),
        Some(policy) => {
            serde_json::from_value(policy.clone()).map_err(|error| EntryError::Policy(error.to_string()))?
        }
    };
    Ok(ServerConnection { target, policy })
}

/// Whether an entry is switched off, in the words of IDEs or of the API.
pub(crate) fn is_off(entry: &Value) -> bool {
    entry["disabled"].as_bool() == Some(true) || entry["enabled"].as_bool() == Some(false)
}

/// The tool policy of an entry. Some IDEs have an array under this name, which is no policy.
pub(crate) fn policy_of(entry: &Value) -> Option<&Value> {
    entry.get("tools").filter(|tools| tools.is_object())
}
