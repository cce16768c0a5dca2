use super::{arguments, failure, success};
use crate::{CodeMode, platform::Platform};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tool_names::alias;

pub const NAME: &str = "add_server";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    alias: String,
    url: String,
}

/// MCP `Tool`.
pub fn definition() -> Value {
    json!({
        "name": NAME,
        "title": "Add a server",
        "description": "Adds a public MCP server for you alone: its tools are tools.<alias> from the next script on.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "alias": {"type": "string", "pattern": alias::PATTERN},
                "url": {"type": "string", "description": "Its Streamable HTTP endpoint: https, public, without credentials."}
            },
            "required": ["alias", "url"],
            "additionalProperties": false
        },
        "outputSchema": {
            "type": "object",
            "properties": {"alias": {"type": "string"}, "tools": {"type": "integer"}},
            "required": ["alias", "tools"]
        },
        "annotations": {"readOnlyHint": false, "destructiveHint": false, "idempotentHint": false, "openWorldHint": true}
    })
}

/// MCP `CallToolResult`.
pub async fn call<P: Platform>(gateway: &CodeMode<'_, P>, given: Map<String, Value>) -> Value {
    let Arguments { alias, url } = match arguments(given) {
        Ok(given) => given,
        Err(message) => return failure(&message),
    };
    match gateway.platform.add_server(alias.clone(), url).await {
        Ok(tools) => success(json!({"alias": alias, "tools": tools})),
        Err(refused) => failure(&refused.message),
    }
}
