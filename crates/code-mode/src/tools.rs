//! The tools on `/mcp`.

pub mod add_server;
pub mod execute_code;
pub mod list_servers;
pub mod remove_server;
pub mod search_tools;

use contracts::registry::Failure;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Bytes of an error of a tool that runs no script.
const ERROR_TEXT_BYTES: usize = 8 << 10;

/// The arguments of a tool, or one sentence for the agent.
fn arguments<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| format!("Invalid arguments: {error}"))
}

/// A `CallToolResult` with structured content, and the same as text.
fn success(structured: Value) -> Value {
    json!({"content": [{"type": "text", "text": structured.to_string()}], "structuredContent": structured})
}

/// A `CallToolResult` of a tool that could not do its work.
fn failure(message: &str) -> Value {
    // It may repeat what was given.
    let text = truncation::text(message, ERROR_TEXT_BYTES);
    json!({"content": [{"type": "text", "text": text}], "isError": true})
}

/// What an agent reads about a server that cannot be used now.
fn unavailable(alias: &str, failure: &Failure) -> Value {
    json!({"server": alias, "message": failure.message})
}
