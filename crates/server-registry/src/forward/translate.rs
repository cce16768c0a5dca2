//! A client of one era and a server of the other: tools, resources, prompts and completions are asked for anew in
//! the server's era, over the registry's own connection. What only one of the eras has (sampling, elicitation,
//! subscriptions, logging) is not declared to the client, and so not used.

use super::Server;
use crate::{failure::Failure, happened::outcome_of, host::Host};
use mcp::{Era, ProtocolVersion, Response, RpcError, TraceContext, code, meta};
use mcp_client::{Connection, Problem, SharedMethod};
use mcp_server::Exchange;
use serde_json::{Map, Value, json};
use usage::{FailureKind, Outcome};

/// For how long a modern client may keep what a legacy server listed, since that does not say: not at all.
const TTL_MS: u64 = 0;

/// What both eras have.
const SHARED_CAPABILITIES: [&str; 4] = ["tools", "resources", "prompts", "completions"];

/// The code of legacy servers for a resource that is not there (MCP 2025-11-25, "Resources").
const LEGACY_RESOURCE_NOT_FOUND: i64 = -32_002;

/// Why there is no result.
pub struct Refused {
    pub error: RpcError,
    pub outcome: Outcome,
}

impl Refused {
    /// The gateway's own word.
    pub fn here(error: RpcError) -> Self {
        Self { error, outcome: Outcome::Failed(FailureKind::Refused) }
    }
}

impl From<mcp_client::Error> for Refused {
    fn from(error: mcp_client::Error) -> Self {
        let outcome = outcome_of(&Failure::from(error.clone()));
        Self { error: rpc_error(error), outcome }
    }
}

/// Answers a request in the era of the client, and says how it ended.
pub async fn answer<H: Host + 'static>(server: &Server<'_, H>, exchange: &Exchange) -> (Response, Outcome) {
    let answered = match server.usable.upstream.connection().await {
        Ok(connection) => ask(server, exchange, &connection).await.map(|result| {
            let outcome = outcome_of_result(&exchange.request.method, &result);
            let result = translated(exchange, result);
            (exchange.dress(&connection.server_info, result), outcome)
        }),
        Err(error) => Err(error.into()),
    };
    let (result, outcome) = match answered {
        Ok((result, outcome)) => (Ok(result), outcome),
        Err(Refused { error, outcome }) => (Err(error), outcome),
    };
    (Response { id: Some(exchange.request.id.clone()), outcome: result }, outcome)
}

/// How a request with a result ended. The gateway answers some from what it knows.
fn outcome_of_result(method: &str, result: &Value) -> Outcome {
    match method {
        "initialize" | "server/discover" | "ping" | "logging/setLevel" => Outcome::OwnAnswer,
        "tools/call" if result["isError"] == true => Outcome::ToolError,
        _ => Outcome::Ok,
    }
}

async fn ask<H: Host + 'static>(
    server: &Server<'_, H>,
    exchange: &Exchange,
    connection: &Connection,
) -> Result<Value, Refused> {
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
            let invalid = |message: &str| Refused::here(RpcError::new(code::INVALID_PARAMS, message));
            let name = request.params.get("name").and_then(Value::as_str);
            let name = name.ok_or_else(|| invalid("params.name must be a string"))?;
            let arguments = match request.params.get("arguments") {
                None | Some(Value::Null) => Map::new(),
                Some(Value::Object(arguments)) => arguments.clone(),
                Some(_) => return Err(invalid("params.arguments must be an object")),
            };
            if !server.allows(name).await {
                return Err(Refused::here(unknown_tool(name)));
            }
            Ok(upstream.call(name, arguments, own_meta(&request.params)).await?)
        }
        "tools/list" if server.is_limited() => {
            let page = async |params| Ok::<_, Refused>(upstream.relay(SharedMethod::ToolsList, params).await?);
            server.permitted_tools(&without_era(&request.params), page).await
        }
        name => match SharedMethod::named(name) {
            Some(method) => Ok(upstream.relay(method, without_era(&request.params)).await?),
            None => {
                let error = RpcError::new(code::METHOD_NOT_FOUND, format!("Method not found: {name}"));
                Err(Refused::here(error))
            }
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
    let own = own_meta(&params);
    match own.is_empty() {
        true => params.shift_remove("_meta"),
        false => params.insert("_meta".to_string(), own.into()),
    };
    params
}

/// The members of `_meta` that are the client's own, and its trace. Progress is not translated.
fn own_meta(params: &Map<String, Value>) -> Map<String, Value> {
    let mut own = params.get("_meta").and_then(Value::as_object).cloned().unwrap_or_default();
    let is_own = |name: &str| !name.starts_with(meta::RESERVED_PREFIX) && name != meta::PROGRESS_TOKEN;
    own.retain(|name, _| is_own(name) && !TraceContext::has(name));
    own.extend(Map::from(TraceContext::of_params(params)));
    own
}

/// A result with what modern clients want to know of one that a legacy server gave.
fn translated(exchange: &Exchange, mut result: Value) -> Value {
    let method = exchange.request.method.as_str();
    let is_cached = method == "server/discover" || SharedMethod::named(method).is_some_and(SharedMethod::is_cached);
    if exchange.version.era() == Era::Modern
        && is_cached
        && let Some(fields) = result.as_object_mut()
    {
        fields.entry("ttlMs").or_insert_with(|| json!(TTL_MS));
        fields.entry("cacheScope").or_insert_with(|| json!("private"));
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
