//! Tools as `tools/list` gives them.

use crate::{
    limits::{ERROR_NAME_BYTES, ERROR_TEXT_BYTES},
    parameter_headers::{MirroredParameter, mirrored},
};
use mcp::Era;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A tool of a server. Schemas and annotations are JSON texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub input_schema: String,
    pub output_schema: Option<String>,
    pub annotations: Option<String>,
    /// Arguments that a modern request mirrors in headers.
    pub mirrored: Vec<MirroredParameter>,
    /// Whether the server says that a call does no harm when it is sent twice.
    pub repeatable: bool,
}

/// Reads one entry of `tools`; says in one sentence what is wrong with a malformed one.
pub(crate) fn read(entry: &Value, position: usize, era: Era) -> Result<Tool, String> {
    let Some(name) = entry["name"].as_str().filter(|name| !name.is_empty()) else {
        return Err(format!("Tool number {position} has no name."));
    };
    let left_out = |reason: String| left_out(name, &reason);
    let schema = &entry["inputSchema"];
    if !schema.is_object() {
        return Err(left_out("its inputSchema is no object".to_string()));
    }
    if !describes_object(schema) {
        return Err(left_out("its inputSchema does not have the type object".to_string()));
    }
    let mirrored = match era {
        Era::Modern => mirrored(schema).map_err(left_out)?,
        Era::Legacy => Vec::new(),
    };
    let annotations = &entry["annotations"];
    let hint = |name: &str| annotations[name].as_bool() == Some(true);
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_string);
    let output_schema = &entry["outputSchema"];
    Ok(Tool {
        name: name.to_string(),
        title: text(&entry["title"]).or_else(|| text(&annotations["title"])),
        description: text(&entry["description"]),
        input_schema: schema.to_string(),
        output_schema: (output_schema.is_object() || output_schema.is_boolean()).then(|| output_schema.to_string()),
        annotations: annotations.is_object().then(|| annotations.to_string()),
        mirrored,
        repeatable: hint("idempotentHint") || hint("readOnlyHint"),
    })
}

/// What is said of a tool that is not in the list.
pub(crate) fn left_out(name: &str, reason: &str) -> String {
    let cut = |text, limit_bytes| truncation::text(text, limit_bytes).into_owned();
    format!("Tool {} was left out: {}.", Value::from(cut(name, ERROR_NAME_BYTES)), cut(reason, ERROR_TEXT_BYTES))
}

/// MCP wants `type: "object"` at the root; a schema that names no type at all is let pass.
fn describes_object(schema: &Value) -> bool {
    match &schema["type"] {
        Value::Null => true,
        Value::String(name) => name == "object",
        Value::Array(names) => names.iter().any(|name| name == "object"),
        _ => false,
    }
}
