//! The tools on `/mcp`.

pub mod add_server;
pub mod execute_code;
pub mod list_servers;
pub mod remove_server;
pub mod search_tools;

use contracts::registry::Failure;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

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
    json!({"content": [{"type": "text", "text": message}], "isError": true})
}

/// What an agent reads about a server that cannot be used now.
fn unavailable(alias: &str, failure: &Failure) -> Value {
    json!({"server": alias, "message": failure.message})
}
