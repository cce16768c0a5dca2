use super::{arguments, failure, success, unavailable};
use crate::{
    CodeMode,
    platform::{Catalog, Platform},
};
use contracts::discovery::{Detail, Hit, Query};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub const NAME: &str = "search_tools";

/// Tools of a page when the agent does not say.
const DEFAULT_LIMIT: u32 = 10;

/// Tools of a page at the most.
const MAXIMUM_LIMIT: u32 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    #[serde(default)]
    query: String,
    server: Option<String>,
    #[serde(default)]
    detail: DetailName,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum DetailName {
    Name,
    #[default]
    Signature,
    Full,
}

/// MCP `Tool`.
pub fn definition() -> Value {
    json!({
        "name": NAME,
        "title": "Search tools",
        "description": "Finds tools by what they do, with TypeScript signatures to paste into a script for execute_code. An empty query or \"*\" browses.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "A few words, for instance \"read file\"."},
                "server": {"type": "string", "description": "Only this server."},
                "detail": {"enum": ["name", "signature", "full"], "default": "signature"},
                "limit": {"type": "integer", "minimum": 1, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT},
                "cursor": {"type": "string", "description": "nextCursor of the page before."}
            },
            "additionalProperties": false
        },
        "outputSchema": {
            "type": "object",
            "properties": {
                "tools": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "server": {"type": "string"},
                            "name": {"type": "string"},
                            "call": {"type": "string", "description": "The expression that calls it."},
                            "text": {"type": "string", "description": "Its TypeScript declaration, or its name and purpose."}
                        },
                        "required": ["server", "name", "call", "text"]
                    }
                },
                "total": {"type": "integer"},
                "nextCursor": {"type": "string"},
                "advice": {"type": "string"},
                "unavailable": {
                    "type": "array",
                    "description": "Servers whose tools could not be searched.",
                    "items": {
                        "type": "object",
                        "properties": {"server": {"type": "string"}, "message": {"type": "string"}},
                        "required": ["server", "message"]
                    }
                }
            },
            "required": ["tools", "total"]
        },
        "annotations": {"readOnlyHint": true, "idempotentHint": true, "openWorldHint": false}
    })
}

/// MCP `CallToolResult`.
pub async fn call<P: Platform>(gateway: &CodeMode<'_, P>, given: Map<String, Value>) -> Value {
    let query = match arguments(given).and_then(query) {
        Ok(query) => query,
        Err(message) => return failure(&message),
    };
    let loaded = match gateway.load_all().await {
        Ok(loaded) => loaded,
        Err(error) => return failure(&error.message),
    };
    if let Some(alias) = query.server.as_deref()
        && !loaded.iter().any(|one| one.server.alias == alias)
    {
        let shown = gateway.settings.name(alias);
        let near = tool_names::nearest(alias, loaded.iter().map(|one| one.server.alias.as_str()));
        return failure(&match near[..] {
            [] => format!("No server is called {shown:?}; list_servers shows all."),
            _ => format!("No server is called {shown:?}. Did you mean {}?", near.join(" or ")),
        });
    }
    let page = gateway.index(&loaded).await.search(&query);
    let mut found = json!({"tools": page.hits.iter().map(hit).collect::<Vec<_>>(), "total": page.total});
    let next = query.offset.saturating_add(u32::try_from(page.hits.len()).unwrap_or(u32::MAX));
    if next < page.total && !page.hits.is_empty() {
        found["nextCursor"] = json!(next.to_string());
    }
    if let Some(advice) = page.advice {
        found["advice"] = json!(advice);
    }
    let missing: Vec<Value> = loaded
        .iter()
        .filter(|one| query.server.as_ref().is_none_or(|server| *server == one.server.alias))
        .filter_map(|one| Some(unavailable(&one.server.alias, one.catalog.as_ref().err()?)))
        .collect();
    if !missing.is_empty() {
        found["unavailable"] = json!(missing);
    }
    success(found)
}

fn query(given: Arguments) -> Result<Query, String> {
    let offset = match given.cursor {
        None => 0,
        Some(cursor) => {
            cursor.parse().map_err(|_| format!("Invalid cursor {cursor:?}: pass the nextCursor of the page before."))?
        }
    };
    let limit = given.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAXIMUM_LIMIT).contains(&limit) {
        return Err(format!("Invalid arguments: limit is {limit}; it must be from 1 to {MAXIMUM_LIMIT}."));
    }
    let detail = match given.detail {
        DetailName::Name => Detail::Name,
        DetailName::Signature => Detail::Signature,
        DetailName::Full => Detail::Full,
    };
    Ok(Query { text: given.query, server: given.server, detail, limit, offset })
}

fn hit(hit: &Hit) -> Value {
    json!({"server": hit.server, "name": hit.name, "call": hit.callable, "text": hit.text})
}
