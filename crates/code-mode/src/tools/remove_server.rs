use super::{arguments, failure, success};
use crate::{CodeMode, platform::Platform};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub const NAME: &str = "remove_server";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    alias: String,
}

/// MCP `Tool`.
pub fn definition() -> Value {
    json!({
        "name": NAME,
        "title": "Remove a server",
        "description": "Removes a server that you added with add_server.",
        "inputSchema": {
            "type": "object",
            "properties": {"alias": {"type": "string"}},
            "required": ["alias"],
            "additionalProperties": false
        },
        "outputSchema": {
            "type": "object",
            "properties": {"alias": {"type": "string"}},
            "required": ["alias"]
        },
        "annotations": {"readOnlyHint": false, "destructiveHint": true, "idempotentHint": true, "openWorldHint": false}
    })
}

/// MCP `CallToolResult`.
pub async fn call<P: Platform>(gateway: &CodeMode<'_, P>, given: Map<String, Value>) -> Value {
    let Arguments { alias } = match arguments(given) {
        Ok(given) => given,
        Err(message) => return failure(&message),
    };
    match gateway.platform.remove_server(alias.clone()).await {
        Ok(()) => success(json!({"alias": alias})),
        Err(refused) => failure(&refused.message),
    }
}
