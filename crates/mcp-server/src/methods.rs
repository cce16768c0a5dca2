//! The methods that the endpoint has, in both eras.

use crate::{Exchange, Identity, Progress, Service, ToolCall};
use mcp::{Era, ProtocolVersion, Request, RpcError, code};
use serde_json::{Map, Value, json};

/// How long a client may keep a list (MCP 2026-07-28, "Caching"): short, since servers come and go without a restart.
const LIST_TTL_MS: u64 = 10_000;

/// How long a client may keep what `server/discover` says.
const DISCOVER_TTL_MS: u64 = 3_600_000;

/// Answers one request.
pub async fn dispatch(service: &impl Service, exchange: &Exchange, progress: &dyn Progress) -> Result<Value, RpcError> {
    let request = &exchange.request;
    let era = exchange.version.era();
    match request.method.as_str() {
        "initialize" if era == Era::Legacy => Ok(initialize(service.identity(), exchange.agreed_version())),
        "ping" if era == Era::Legacy => Ok(json!({})),
        // Nothing is logged to clients; accepting the level keeps clients that set it at once working.
        "logging/setLevel" if era == Era::Legacy => Ok(json!({})),
        "server/discover" if era == Era::Modern => Ok(discover(service.identity())),
        "tools/list" => {
            let page = service.list_tools(cursor(request)?).await?;
            let mut result = list(era, "tools", page.tools);
            if let Some(next) = page.next_cursor {
                result["nextCursor"] = json!(next);
            }
            Ok(result)
        }
        "tools/call" => service.call_tool(tool_call(request)?, progress).await,
        "prompts/list" => only_page(request).map(|()| list(era, "prompts", Vec::new())),
        "resources/list" => only_page(request).map(|()| list(era, "resources", Vec::new())),
        "resources/templates/list" => only_page(request).map(|()| list(era, "resourceTemplates", Vec::new())),
        "prompts/get" => Err(not_found(request, "prompt", "name")),
        // The URI in `data` is what the specification asks for (MCP 2026-07-28, "Resources", errors).
        "resources/read" => {
            Err(not_found(request, "resource", "uri").with_data(json!({"uri": request.params.get("uri")})))
        }
        "completion/complete" => Ok(json!({"completion": {"values": [], "total": 0, "hasMore": false}})),
        method => Err(RpcError::new(code::METHOD_NOT_FOUND, format!("Method not found: {method}"))),
    }
}

fn initialize(identity: Identity, version: ProtocolVersion) -> Value {
    json!({
        "protocolVersion": version.as_str(),
        "capabilities": capabilities(),
        "serverInfo": Value::from(&identity),
        "instructions": identity.instructions,
    })
}

fn discover(identity: Identity) -> Value {
    json!({
        "supportedVersions": ProtocolVersion::ALL.map(ProtocolVersion::as_str),
        "capabilities": capabilities(),
        "instructions": identity.instructions,
        "ttlMs": DISCOVER_TTL_MS,
        "cacheScope": "public",
    })
}

/// Prompts, resources and completions are declared so that clients that ask get empty lists, not errors.
fn capabilities() -> Value {
    json!({"tools": {}, "prompts": {}, "resources": {}, "completions": {}})
}

fn list(era: Era, field: &str, items: Vec<Value>) -> Value {
    let mut result = json!({field: items});
    if era == Era::Modern {
        result["ttlMs"] = json!(LIST_TTL_MS);
        result["cacheScope"] = json!("private");
    }
    result
}

fn cursor(request: &Request) -> Result<Option<&str>, RpcError> {
    match request.params.get("cursor") {
        None => Ok(None),
        Some(Value::String(cursor)) => Ok(Some(cursor)),
        Some(_) => Err(RpcError::new(code::INVALID_PARAMS, "params.cursor must be a string")),
    }
}

/// An empty list is one page, so no cursor can be right.
fn only_page(request: &Request) -> Result<(), RpcError> {
    match cursor(request)? {
        None => Ok(()),
        Some(cursor) => Err(invalid_cursor(cursor)),
    }
}

/// The error for a cursor that names no page.
pub fn invalid_cursor(cursor: &str) -> RpcError {
    RpcError::new(code::INVALID_PARAMS, format!("Invalid cursor: {cursor:?}. List again from the beginning."))
}

fn tool_call(request: &Request) -> Result<ToolCall, RpcError> {
    let invalid = |message: &str| RpcError::new(code::INVALID_PARAMS, message);
    let name =
        request.params.get("name").and_then(Value::as_str).ok_or_else(|| invalid("params.name must be a string"))?;
    let arguments = match request.params.get("arguments") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(arguments)) => arguments.clone(),
        Some(_) => return Err(invalid("params.arguments must be an object")),
    };
    Ok(ToolCall { name: name.to_string(), arguments })
}

fn not_found(request: &Request, kind: &str, field: &str) -> RpcError {
    match request.params.get(field).and_then(Value::as_str) {
        Some(name) => RpcError::new(code::INVALID_PARAMS, format!("No such {kind}: {name}")),
        None => RpcError::new(code::INVALID_PARAMS, format!("params.{field} must be a string")),
    }
}
