use crate::{
    placeholders::SecretValues,
    server_entry::{self, ServerEntry},
    variable_json::{self, VariableError, kind},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use upstream_address::PrivateUpstreams;

/// The servers that are declared in variables.
#[derive(Debug, Default)]
pub(crate) struct Configuration {
    /// Those that are switched on, by alias.
    pub servers: BTreeMap<String, ServerEntry>,
    /// All as they are written, by alias.
    pub entries: BTreeMap<String, Value>,
    /// Where servers may be.
    pub private: PrivateUpstreams,
}

impl Configuration {
    /// Reads the variables `servers` (`{"mcpServers": {…}}`, the form that IDEs use, or `{"servers": {…}}`, that of VS
    /// Code) and `secrets` (`{"NAME": "value"}`), and whether servers may be on private addresses
    /// (`private_upstreams`). An entry that cannot be used spoils no other.
    pub fn read(servers: &str, secrets: &str, private_upstreams: &str) -> Result<Self, VariableError> {
        let private = read_private(private_upstreams)?;
        let secrets = read_secrets(secrets)?;
        let mut entries = read_entries(servers)?;
        entries.values_mut().for_each(name_url);
        let read = entries.iter().filter_map(|(alias, entry)| server_entry::read(alias, entry, &secrets, private));
        let servers = read.map(|entry| (entry.alias.clone(), entry)).collect();
        Ok(Self { servers, entries: entries.into_iter().collect(), private })
    }

    /// Whether an alias is taken here, by a server that is switched off, too.
    pub fn is_declared(&self, alias: &str) -> bool {
        self.entries.contains_key(alias)
    }
}

/// Windsurf has another name for the URL.
fn name_url(entry: &mut Value) {
    if let Some(entry) = entry.as_object_mut()
        && let Some(url) = entry.remove("serverUrl")
    {
        entry.entry("url").or_insert(url);
    }
}

/// The servers as they are written, under both names. Whatever else programs keep beside them is theirs.
fn read_entries(text: &str) -> Result<Map<String, Value>, VariableError> {
    let mut document = variable_json::read("servers", text)?;
    let mut has_servers = document.is_empty();
    let mut entries = Map::new();
    for (name, path) in [("servers", " under \"servers\""), ("mcpServers", " under \"mcpServers\"")] {
        let Some(collection) = document.remove(name) else { continue };
        has_servers = true;
        if !collection.is_null() {
            entries.extend(variable_json::object("servers", path, collection)?);
        }
    }
    if has_servers { Ok(entries) } else { Err(VariableError::NoServers) }
}

fn read_private(text: &str) -> Result<PrivateUpstreams, VariableError> {
    let allowed = variable_json::is_allowed("private_upstreams", text)?;
    Ok(if allowed { PrivateUpstreams::Allow } else { PrivateUpstreams::Deny })
}

fn read_secrets(text: &str) -> Result<SecretValues, VariableError> {
    let values = variable_json::read("secrets", text)?;
    let secret = |(name, value): (String, Value)| match value {
        Value::String(text) => Ok((name, text)),
        other => Err(VariableError::SecretNotText { secret: name, found: kind(&other) }),
    };
    values.into_iter().map(secret).collect()
}
