//! Two gateways that must not be told apart by what they answer.

use serde_json::{Map, Value, json};

use crate::client::{Client, message};
use crate::era::Era;
use crate::http::Answer;
use crate::peer::Peer;

/// Members that differ from one answer to the next.
const CHANGING: [&str; 5] = ["execution_id", "duration_ms", "ms", "nextCursor", "revision"];

/// Headers that do.
const CHANGING_HEADERS: [&str; 3] = ["date", "content-length", "mcp-session-id"];

/// One request.
#[derive(Debug, Clone)]
pub struct Probe {
    path: String,
    method: String,
    params: Value,
}

impl Probe {
    /// A request of MCP.
    pub fn new(path: &str, method: &str, params: Value) -> Self {
        Self { path: path.to_owned(), method: method.to_owned(), params }
    }

    /// A call of a tool of Code Mode.
    pub fn call(tool: &str, arguments: Value) -> Self {
        Self::tool("/mcp", tool, arguments)
    }

    /// A call of a tool at some path.
    pub fn tool(path: &str, tool: &str, arguments: Value) -> Self {
        Self::new(path, "tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// What it says, with the parts of texts that a script puts together as one.
    fn text(&self) -> String {
        format!("{self:?}").replace("' + '", "")
    }

    /// A script.
    pub fn script(code: &str) -> Self {
        Self::call("execute_code", json!({ "code": code }))
    }
}

/// Asks both the same, as clients of both eras, and finds the answers to be the same. None has a word in it that tells
/// of what one of them hides, unless the request itself has it.
///
/// # Panics
/// When an answer differs, or tells.
pub async fn assert_alike(one: Client, other: Client, probes: &[Probe], telling: &[&str]) {
    for era in Era::ALL {
        assert_alike_in(era, one, other, probes, telling).await;
    }
}

/// The same as clients of one era.
///
/// # Panics
/// When an answer differs, or tells.
pub async fn assert_alike_in(era: Era, one: Client, other: Client, probes: &[Probe], telling: &[&str]) {
    for probe in probes {
        let (first, second) = (ask(one, era, probe).await, ask(other, era, probe).await);
        if let Some(difference) = difference(&first, &second, "") {
            panic!("{era:?} {probe:?}: {difference}");
        }
        let (asked, answered) = (probe.text(), first.to_string());
        for word in telling.iter().filter(|word| !asked.contains(**word)) {
            assert!(!answered.contains(word), "{era:?} {probe:?}: {answered}");
        }
    }
}

/// Where two values differ first.
fn difference(one: &Value, other: &Value, place: &str) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            let mut members = one.iter().zip(other.values());
            members.find_map(|((name, one), other)| difference(one, other, &format!("{place}/{name}")))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut items = one.iter().zip(other).enumerate();
            items.find_map(|(at, (one, other))| difference(one, other, &format!("{place}/{at}")))
        }
        _ => (one != other).then(|| format!("at {place}\n  one: {one}\nother: {other}")),
    }
}

async fn ask(client: Client, era: Era, probe: &Probe) -> Value {
    let peer = Peer::new(client, &probe.path, era, json!({}));
    let answer = peer.send(&peer.message(&probe.method, probe.params.clone())).await;
    let mut body = message(&answer);
    settle(&mut body);
    json!({"status": answer.status.as_u16(), "headers": headers(&answer), "body": body})
}

fn headers(answer: &Answer) -> Map<String, Value> {
    let kept = answer.headers.iter().filter(|(name, _)| !CHANGING_HEADERS.contains(&name.as_str()));
    kept.map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes())))).collect()
}

/// Takes out what differs from one answer to the next.
fn settle(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in CHANGING {
                if let Some(member) = members.get_mut(name) {
                    *member = json!("…");
                }
            }
            members.values_mut().for_each(settle);
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::String(text) => match serde_json::from_str(text) {
            // The text of a result is the same in JSON.
            Ok(mut inner @ Value::Object(_)) => {
                settle(&mut inner);
                *text = inner.to_string();
            }
            _ => *text = without_times(text),
        },
        _ => {}
    }
}

/// The text without `12 ms`.
fn without_times(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let is_number = |word: &str| word.trim_start_matches('(').bytes().all(|byte| byte.is_ascii_digit());
    let is_time = |at: usize| is_number(words[at]) && words.get(at + 1).is_some_and(|next| next.starts_with("ms"));
    let kept = (0..words.len()).map(|at| if is_time(at) { "…" } else { words[at] });
    kept.collect::<Vec<_>>().join(" ")
}
