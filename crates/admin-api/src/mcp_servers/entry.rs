//! One server in the form of an IDE.

use crate::ServerView;
use crate::protocol::fields::pointer;
use crate::servers::input::READ_ONLY;
use serde_json::{Map, Value, json};

/// Names that IDEs have for the transport that works.
const TRANSPORTS: [&str; 4] = ["http", "streamable-http", "streamableHttp", "streamable_http"];

/// Why an entry is not imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Foreign {
    #[error(
        "It is a program to start (\"command\"), and the gateway starts none. Put a proxy such as mcp-proxy in front of it, and give its \"url\"."
    )]
    Program,
    #[error("Its \"type\" must be \"http\": the gateway speaks Streamable HTTP. Give the \"url\" of such an endpoint.")]
    Transport,
    #[error(
        "\"${{NAME}}\" at {0} is replaced in the variable \"servers\" only. Write the value itself, which is stored sealed."
    )]
    Placeholder(String),
}

impl Foreign {
    /// Whether it is nothing that the gateway is for, rather than something written wrongly.
    pub fn is_no_upstream(&self) -> bool {
        matches!(self, Self::Program | Self::Transport)
    }
}

/// Turns an entry into a merge patch for a server: members of this API, under their names here.
pub(crate) fn as_patch(mut members: Map<String, Value>) -> Result<Value, Foreign> {
    check_transport(&members)?;
    members.shift_remove("type");
    if let Some(place) = placeholder(&members) {
        return Err(Foreign::Placeholder(place));
    }
    rename(&mut members, "timeout", "timeoutMs", |value| value);
    rename(&mut members, "disabled", "enabled", |value| value.as_bool().map_or(value, |disabled| json!(!disabled)));
    Ok(Value::Object(members))
}

/// Turns a server into an entry, without any credential.
pub(crate) fn of(view: &ServerView) -> Value {
    let mut entry = json!({"type": "http"});
    if let (Some(entry), Value::Object(members)) = (entry.as_object_mut(), view.json()) {
        let is_default = |name: &str, value: &Value| match name {
            "auth" => value["type"] == "none",
            "enabled" | "codeMode" => value == true,
            "tools" => *value == json!(tool_policy::Policy::default()),
            _ => false,
        };
        let kept = members.into_iter().filter(|(name, value)| {
            name != "headers" && !READ_ONLY.contains(&name.as_str()) && !is_default(name, value)
        });
        entry.extend(kept);
        if let Some(auth) = entry.get_mut("auth").and_then(Value::as_object_mut) {
            auth.retain(|_, value| !value.is_null());
        }
    }
    entry
}

fn check_transport(members: &Map<String, Value>) -> Result<(), Foreign> {
    match members.get("type") {
        Some(Value::String(transport)) if transport == "stdio" => Err(Foreign::Program),
        Some(Value::String(transport)) if TRANSPORTS.contains(&transport.as_str()) => Ok(()),
        Some(Value::Null) | None if members.contains_key("command") => Err(Foreign::Program),
        Some(Value::Null) | None => Ok(()),
        Some(_) => Err(Foreign::Transport),
    }
}

/// The first text, in the URL or a header, that waits for a value.
fn placeholder(members: &Map<String, Value>) -> Option<String> {
    let waits = |value: &Value| value.as_str().is_some_and(|text| text.contains("${"));
    if members.get("url").is_some_and(waits) {
        return Some("/url".to_string());
    }
    let headers = members.get("headers").and_then(Value::as_object)?;
    let (name, _) = headers.iter().find(|(_, value)| waits(value))?;
    Some(pointer("/headers", name))
}

/// The names of IDEs give way to those of this API.
fn rename(members: &mut Map<String, Value>, from: &str, to: &str, convert: impl Fn(Value) -> Value) {
    if let Some(value) = members.shift_remove(from) {
        members.entry(to).or_insert_with(|| convert(value));
    }
}
