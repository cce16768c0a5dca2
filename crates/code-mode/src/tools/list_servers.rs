use super::{arguments, failure, success};
use crate::{CodeMode, catalogs::Loaded, platform::Platform};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub const NAME: &str = "list_servers";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {}

/// MCP `Tool`.
pub fn definition() -> Value {
    json!({
        "name": NAME,
        "title": "List servers",
        "description": "Lists the MCP servers whose tools a script can call, with their health.",
        "inputSchema": {"type": "object", "properties": {}, "additionalProperties": false},
        "outputSchema": {
            "type": "object",
            "properties": {
                "servers": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "alias": {"type": "string"},
                            "title": {"type": "string"},
                            "description": {"type": "string"},
                            "tools": {"type": "integer", "description": "How many tools it has."},
                            "health": {"enum": ["ok", "stale", "unavailable"]},
                            "message": {"type": "string", "description": "Why it is unavailable."}
                        },
                        "required": ["alias", "health"]
                    }
                }
            },
            "required": ["servers"]
        },
        "annotations": {"readOnlyHint": true, "idempotentHint": true, "openWorldHint": false}
    })
}

/// MCP `CallToolResult`.
pub async fn call<P: Platform>(gateway: &CodeMode<'_, P>, given: Map<String, Value>) -> Value {
    if let Err(message) = arguments::<Arguments>(given) {
        return failure(&message);
    }
    match gateway.load_all().await {
        Ok(loaded) => success(json!({"servers": loaded.iter().map(describe).collect::<Vec<_>>()})),
        Err(error) => failure(&error.message),
    }
}

fn describe(loaded: &Loaded) -> Value {
    let server = &loaded.server;
    let catalog = loaded.catalog.as_ref().ok();
    let mut described = json!({"alias": server.alias});
    if let Some(title) = server.title.as_ref().or_else(|| catalog?.title.as_ref()) {
        described["title"] = json!(first_sentences(title));
    }
    if let Some(description) = server.description.as_ref().or_else(|| catalog?.instructions.as_ref()) {
        described["description"] = json!(first_sentences(description));
    }
    match &loaded.catalog {
        Ok(catalog) => {
            described["tools"] = json!(catalog.tools.len());
            described["health"] = json!(if loaded.is_stale { "stale" } else { "ok" });
            if !catalog.malformed.is_empty() {
                described["message"] = json!(first_faults(&catalog.malformed));
            }
        }
        Err(failure) => {
            described["health"] = json!("unavailable");
            described["message"] = json!(failure.message);
        }
    }
    described
}

/// What is wrong with some tools, where it may be wrong with all of them.
fn first_faults(faults: &[String]) -> String {
    const TOLD: usize = 5;
    let told = faults.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(" ");
    match faults.len().saturating_sub(TOLD) {
        0 => told,
        others => format!("{told} … and {others} more."),
    }
}

/// Instructions can be pages; a list needs a glance.
fn first_sentences(text: &str) -> String {
    const GLANCE_CHARACTERS: usize = 300;
    match text.char_indices().nth(GLANCE_CHARACTERS) {
        None => text.to_string(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
