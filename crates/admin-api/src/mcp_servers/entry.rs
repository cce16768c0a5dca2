//! One server in the form of an IDE.

use crate::ServerView;
use crate::protocol::fields::{pointer, whole_number};
use crate::servers::input::{READ_ONLY, TIMEOUT_MS};
use serde_json::{Map, Value, json};

/// Names that IDEs have for the transport that works.
const TRANSPORTS: [&str; 4] = ["http", "streamable-http", "streamableHttp", "streamable_http"];

/// Names that they have for a program that is started.
const PROGRAMS: [&str; 2] = ["stdio", "local"];

/// Members of a server that an entry can have as well.
const MEMBERS: [&str; 10] =
    ["title", "description", "url", "headers", "auth", "timeoutMs", "enabled", "codeMode", "learnTypes", "tools"];

/// Members in which other programs keep credentials for a server.
const FOREIGN_CREDENTIALS: [&str; 6] =
    ["http_headers", "env_http_headers", "bearer_token_env_var", "headersHelper", "requestInit", "oauth"];

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
        "\"${{NAME}}\" at {0} is replaced in the variable \"servers\" only: write the value itself, which is stored sealed."
    )]
    Placeholder(String),
    #[error("Its \"disabled\" must be true or false.")]
    Switch,
}

impl Foreign {
    /// Whether it is nothing that the gateway is for, rather than something written wrongly.
    pub fn is_no_upstream(&self) -> bool {
        matches!(self, Self::Program | Self::Transport)
    }
}

/// What is taken of an entry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Taken {
    /// A merge patch for a server: members of this API, under their names here.
    pub patch: Value,
    /// What was not taken as it is written, in sentences.
    pub notes: Vec<String>,
}

/// Reads an entry. What other programs keep in it for themselves is passed over.
pub(crate) fn read(mut members: Map<String, Value>) -> Result<Taken, Foreign> {
    check_transport(&members)?;
    members.shift_remove("type");
    members.retain(|_, value| !value.is_null());
    read_url(&mut members);
    if let Some(place) = placeholder(&members) {
        return Err(Foreign::Placeholder(place));
    }
    let mut notes = Vec::new();
    read_switch(&mut members)?;
    read_timeout(&mut members, &mut notes);
    leave_out_namesakes(&mut members, &mut notes);
    notes.extend(lost_credentials(&members));
    let is_told = |name: &str| MEMBERS.contains(&name) || FOREIGN_CREDENTIALS.contains(&name);
    notes.extend(passed_over(members.keys().filter(|name| !is_told(name))));
    members.retain(|name, _| MEMBERS.contains(&name.as_str()));
    Ok(Taken { patch: Value::Object(members), notes })
}

/// One sentence about members in which other programs keep credentials; `None` when there are none.
fn lost_credentials(members: &Map<String, Value>) -> Option<String> {
    let names: Vec<_> = FOREIGN_CREDENTIALS.into_iter().filter(|name| members.contains_key(*name)).collect();
    (!names.is_empty()).then(|| {
        format!("Credentials in \"{}\" are not taken: give them in \"headers\" or \"auth\".", names.join("\", \""))
    })
}

/// One sentence about members that nothing reads; `None` when there are none.
pub(crate) fn passed_over<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    const NAMED: usize = 20;
    const SHOWN_CHARACTERS: usize = 80;
    let names: Vec<_> =
        names.map(|name| format!("\"{}\"", name.chars().take(SHOWN_CHARACTERS).collect::<String>())).collect();
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("Passed over, since it means nothing here: {named}{more}."))
}

/// Turns a server into an entry, without any credential.
pub(crate) fn of(view: &ServerView) -> Value {
    let mut entry = json!({"type": "http"});
    if let (Some(entry), Value::Object(members)) = (entry.as_object_mut(), view.json()) {
        let is_default = |name: &str, value: &Value| match name {
            "auth" => value["type"] == "none",
            "enabled" | "codeMode" | "learnTypes" => value == true,
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
        Some(Value::String(transport)) if PROGRAMS.contains(&transport.as_str()) => Err(Foreign::Program),
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

/// Windsurf has another name for the URL.
fn read_url(members: &mut Map<String, Value>) {
    if let Some(url) = members.shift_remove("serverUrl") {
        members.entry("url").or_insert(url);
    }
    if let Some(Value::String(url)) = members.get_mut("url") {
        *url = url.trim().to_string();
    }
}

/// `disabled`, as IDEs have it: whichever of the two says that the server is off is right.
fn read_switch(members: &mut Map<String, Value>) -> Result<(), Foreign> {
    match members.shift_remove("disabled").map(|value| value.as_bool().ok_or(Foreign::Switch)).transpose()? {
        Some(true) => drop(members.insert("enabled".to_string(), Value::Bool(false))),
        Some(false) => drop(members.entry("enabled").or_insert(Value::Bool(true))),
        None => {}
    }
    Ok(())
}

/// `timeout`, as Claude Code has it, or `timeoutMs`; of the two, `timeoutMs`. More than a call may be given is cut.
fn read_timeout(members: &mut Map<String, Value>, notes: &mut Vec<String>) {
    let foreign = members.shift_remove("timeout").map(|value| ("timeout", value));
    let Some((name, value)) = members.shift_remove("timeoutMs").map(|value| ("timeoutMs", value)).or(foreign) else {
        return;
    };
    let (least, most) = (*TIMEOUT_MS.start(), *TIMEOUT_MS.end());
    let taken = match whole_number(&value) {
        Some(ms) if ms > most => {
            notes.push(format!("\"{name}\" is {ms} milliseconds; a call may take {most} at the most, which is taken."));
            Value::from(most)
        }
        Some(ms) if ms < least && name == "timeout" => {
            notes.push(format!("\"timeout\" is left out: {ms} milliseconds are less than {least}. Give milliseconds."));
            return;
        }
        _ => value,
    };
    members.insert("timeoutMs".to_string(), taken);
}

/// What other programs keep under a name of this API.
fn leave_out_namesakes(members: &mut Map<String, Value>, notes: &mut Vec<String>) {
    let mut leave_out = |name: &str, is_own: fn(&Value) -> bool, reason: &str| {
        if members.get(name).is_some_and(|value| !is_own(value)) {
            members.shift_remove(name);
            notes.push(format!("\"{name}\" is left out: {reason}"));
        }
    };
    leave_out("tools", Value::is_object, "it is no tool policy, which is an object.");
    leave_out(
        "auth",
        |auth| auth.get("type").is_some(),
        "it has no \"type\", so it is for another program. Credentials go into \"headers\", or an \"auth\" with a \"type\".",
    );
    for name in ["title", "description"] {
        leave_out(name, |text| text.as_str().is_some_and(|text| !text.is_empty()), "it is no text.");
    }
}
