use crate::{
    alias, fingerprint, header_rules,
    placeholders::{self, PlaceholderError, SecretValues},
    sensitive,
    variable_json::kind,
};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use mcp_client::{Deadlines, Secrets, Server};
use serde_json::{Map, Value};
use upstream_address::{AddressError, PrivateUpstreams};

/// How to reach a server.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub server: Server,
    pub deadlines: Deadlines,
    pub fingerprint: String,
}

/// Why an entry of the configuration cannot be used. Each text continues a sentence that begins with the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EntryError {
    #[error(
        "has an alias that cannot be used: it must be 1 to 64 letters, digits, \"_\", \".\" or \"-\", beginning with a letter or a digit"
    )]
    Alias,
    #[error("is configured with {found} instead of an object")]
    NotAnObject { found: &'static str },
    #[error(
        "is a program to start (\"command\"), and the gateway starts none: give the \"url\" of a Streamable HTTP endpoint; a stdio server needs a proxy such as mcp-proxy in front of it"
    )]
    Command,
    #[error(
        "has the type \"sse\", the transport that Streamable HTTP replaced: give the \"url\" of its Streamable HTTP endpoint and the type \"http\""
    )]
    Sse,
    #[error("has the type \"{0}\": \"http\" is the one that works")]
    Type(String),
    #[error("has no \"url\"")]
    NoUrl,
    #[error("has a \"url\" that is no URL")]
    NoUri,
    #[error("has a \"url\" that {0}")]
    Address(#[from] AddressError),
    #[error("has {found} as \"{field}\", where {expected} belongs")]
    Field { field: String, expected: &'static str, found: &'static str },
    #[error("{0}")]
    Placeholder(#[from] PlaceholderError),
    #[error("sets the header \"{name}\", which it must not: {reason}")]
    HeaderForbidden { name: String, reason: &'static str },
    #[error("sets a header whose name or value HTTP does not allow: \"{name}\"")]
    Header { name: String },
}

/// Reads how to reach a server from its entry in `mcpServers`.
pub(crate) fn read(
    alias: &str,
    entry: &Value,
    secrets: &SecretValues,
    private: PrivateUpstreams,
) -> Result<Target, EntryError> {
    if !alias::is_valid(alias) {
        return Err(EntryError::Alias);
    }
    let fields = entry.as_object().ok_or(EntryError::NotAnObject { found: kind(entry) })?;
    check_transport(fields)?;
    let mut used = Vec::new();
    let url = read_url(fields, secrets, &mut used)?;
    upstream_address::check(&url, private)?;
    let headers = read_headers(fields, secrets, &mut used)?;
    used.extend(sensitive::of_url(&url));
    let fingerprint = fingerprint::of_target(&url, &headers);
    let server = Server { alias: alias.to_string(), url, headers, secrets: Secrets::new(used) };
    Ok(Target { server, deadlines: read_deadlines(fields)?, fingerprint })
}

fn check_transport(fields: &Map<String, Value>) -> Result<(), EntryError> {
    let transport = optional_text(fields, "type")?;
    match transport {
        Some("sse") => Err(EntryError::Sse),
        Some("stdio") => Err(EntryError::Command),
        None if fields.contains_key("command") => Err(EntryError::Command),
        None | Some("http" | "streamable-http" | "streamableHttp" | "streamable_http") => Ok(()),
        Some(other) => Err(EntryError::Type(other.to_string())),
    }
}

fn read_url(fields: &Map<String, Value>, secrets: &SecretValues, used: &mut Vec<String>) -> Result<Uri, EntryError> {
    let text = optional_text(fields, "url")?.ok_or(EntryError::NoUrl)?;
    let filled = placeholders::fill(text.trim(), secrets)?;
    used.extend(filled.used);
    filled.text.parse().map_err(|_| EntryError::NoUri)
}

fn read_headers(
    fields: &Map<String, Value>,
    secrets: &SecretValues,
    used: &mut Vec<String>,
) -> Result<HeaderMap, EntryError> {
    let mut headers = HeaderMap::new();
    let entries = match fields.get("headers") {
        None | Some(Value::Null) => return Ok(headers),
        Some(Value::Object(entries)) => entries,
        Some(other) => return Err(field("headers", "an object", other)),
    };
    for (name, value) in entries {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| EntryError::Header { name: name.clone() })?;
        if let Some(reason) = header_rules::reason_against(&header) {
            return Err(EntryError::HeaderForbidden { name: name.clone(), reason });
        }
        let text = value.as_str().ok_or_else(|| field(&format!("headers.{name}"), "a string", value))?;
        let filled = placeholders::fill(text, secrets)?;
        if sensitive::is_sensitive(name) || !filled.used.is_empty() {
            used.extend(sensitive::of_header(&filled.text));
        }
        used.extend(filled.used);
        let value = HeaderValue::from_str(&filled.text).map_err(|_| EntryError::Header { name: name.clone() })?;
        headers.append(header, value);
    }
    Ok(headers)
}

/// `timeout`: milliseconds that a call may take, as Claude Code has it.
fn read_deadlines(fields: &Map<String, Value>) -> Result<Deadlines, EntryError> {
    match fields.get("timeout") {
        None | Some(Value::Null) => Ok(Deadlines::default()),
        Some(value) => match value.as_u64() {
            Some(call_ms) if call_ms > 0 => Ok(Deadlines::for_calls_of(call_ms)),
            _ => Err(field("timeout", "a number of milliseconds", value)),
        },
    }
}

fn optional_text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, EntryError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(field(name, "a string", other)),
    }
}

fn field(name: &str, expected: &'static str, found: &Value) -> EntryError {
    EntryError::Field { field: name.to_string(), expected, found: kind(found) }
}
