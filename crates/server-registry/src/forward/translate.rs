//! A client of one era and a server of the other: tools, resources, prompts and completions are asked for anew in
//! the server's era, over the registry's own connection. What only one of the eras has (sampling, elicitation,
//! subscriptions, logging) is not declared to the client, and so not used.

use super::Server;
use crate::host::Host;
use mcp::{Era, ProtocolVersion, Response, RpcError, TraceContext, code, meta};
use mcp_client::{Connection, Problem, SharedMethod};
use mcp_server::Exchange;
use serde_json::{Map, Value, json};

/// For how long a modern client may keep what a legacy server listed, since that does not say: not at all.
const TTL_MS: u64 = 0;

/// What both eras have.
const SHARED_CAPABILITIES: [&str; 4] = ["tools", "resources", "prompts", "completions"];

/// The code of legacy servers for a resource that is not there (MCP 2025-11-25, "Resources").
const LEGACY_RESOURCE_NOT_FOUND: i64 = -32_002;

/// Answers a request in the era of the client.
pub async fn answer<H: Host + 'static>(server: &Server<'_, H>, exchange: &Exchange) -> Response {
    let outcome = match server.usable.upstream.connection().await {
        Ok(connection) => ask(server, exchange, &connection).await.map(|result| {
            let result = translated(exchange, result);
            exchange.dress(&connection.server_info, result)
        }),
        Err(error) => Err(rpc_error(error)),
    };
    Response { id: Some(exchange.request.id.clone()), outcome }
}

async fn ask<H: Host + 'static>(
    server: &Server<'_, H>,
    exchange: &Exchange,
    connection: &Connection,
) -> Result<Value, RpcError> {
    let upstream = &server.usable.upstream;
    let era = exchange.version.era();
    let request = &exchange.request;
    match request.method.as_str() {
        "initialize" if era == Era::Legacy => Ok(about(
            connection,
            json!({
                "protocolVersion": exchange.agreed_version().as_str(),
                "capabilities": shared(&connection.capabilities),
                "serverInfo": legacy_info(connection),
            }),
        )),
        "server/discover" if era == Era::Modern => Ok(about(
            connection,
            json!({
                "supportedVersions": [ProtocolVersion::LATEST.as_str(), connection.version.as_str()],
                "capabilities": shared(&connection.capabilities),
            }),
        )),
        "ping" | "logging/setLevel" if era == Era::Legacy => Ok(json!({})),
        "tools/call" => {
            let invalid = |message: &str| RpcError::new(code::INVALID_PARAMS, message);
            let name = request.params.get("name").and_then(Value::as_str);
            let name = name.ok_or_else(|| invalid("params.name must be a string"))?;
            let arguments = match request.params.get("arguments") {
                None | Some(Value::Null) => Map::new(),
                Some(Value::Object(arguments)) => arguments.clone(),
                Some(_) => return Err(invalid("params.arguments must be an object")),
            };
            if !server.allows(name).await {
                return Err(unknown_tool(name));
            }
            upstream.call(name, arguments, exchange.trace()).await.map_err(rpc_error)
        }
        name => match SharedMethod::named(name) {
            Some(method) => {
                let mut result = upstream.relay(method, without_era(&request.params)).await.map_err(rpc_error)?;
                if method == SharedMethod::ToolsList
                    && let Some(tools) = result.get_mut("tools").and_then(Value::as_array_mut)
                {
                    tools.retain(|tool| server.may_list(tool));
                }
                Ok(result)
            }
            None => Err(RpcError::new(code::METHOD_NOT_FOUND, format!("Method not found: {name}"))),
        },
    }
}

/// The error for a tool that is not there, or may not be used: both look the same.
pub fn unknown_tool(name: &str) -> RpcError {
    RpcError::new(code::INVALID_PARAMS, format!("Unknown tool: {name}"))
}

/// The parameters without what an era, or this exchange alone, put into `_meta`.
fn without_era(params: &Map<String, Value>) -> Map<String, Value> {
    let mut params = params.clone();
    let trace = TraceContext::of_params(&params);
    params.remove("_meta");
    trace.write(&mut params);
    params
}

/// A result as the era of the client has it.
fn translated(exchange: &Exchange, mut result: Value) -> Value {
    let Some(fields) = result.as_object_mut() else { return result };
    match exchange.version.era() {
        Era::Modern => {
            let method = exchange.request.method.as_str();
            if method == "server/discover" || SharedMethod::named(method).is_some_and(SharedMethod::is_cached) {
                fields.entry("ttlMs").or_insert_with(|| json!(TTL_MS));
                fields.entry("cacheScope").or_insert_with(|| json!("private"));
            }
        }
        Era::Legacy => {
            for field in ["resultType", "ttlMs", "cacheScope"] {
                fields.shift_remove(field);
            }
            if let Some(meta) = fields.get_mut("_meta").and_then(Value::as_object_mut) {
                meta.shift_remove(meta::SERVER_INFO);
                if meta.is_empty() {
                    fields.shift_remove("_meta");
                }
            }
        }
    }
    result
}

/// The answer to a first request, with the instructions of the server if it has some.
fn about(server: &Connection, mut answer: Value) -> Value {
    if let Some(instructions) = &server.instructions {
        answer["instructions"] = json!(instructions);
    }
    answer
}

/// Who the server is. A modern one need not say, but legacy clients want a name and a version.
fn legacy_info(server: &Connection) -> Value {
    let mut info = json!({"name": "unnamed", "version": "unknown"});
    if let (Some(info), Some(own)) = (info.as_object_mut(), server.server_info.as_object()) {
        info.extend(own.clone());
    }
    info
}

/// Of the server's capabilities, those that both eras have. One that names none may have all.
fn shared(capabilities: &Value) -> Value {
    let has = |name: &&str| capabilities.as_object().is_none_or(|declared| declared.contains_key(*name));
    let declared = SHARED_CAPABILITIES.into_iter().filter(has).map(|name| (name.to_string(), json!({})));
    Value::Object(declared.collect())
}

/// The server's own error, in the modern form; any other failure is the gateway's.
fn rpc_error(error: mcp_client::Error) -> RpcError {
    let message = error.to_string();
    match *error.problem {
        Problem::Rpc { error, .. } if error.code == LEGACY_RESOURCE_NOT_FOUND => {
            RpcError { code: code::INVALID_PARAMS, ..error }
        }
        Problem::Rpc { error, .. } => error,
        _ => RpcError::new(code::INTERNAL_ERROR, message),
    }
}
