use super::arguments;
use crate::{
    CodeMode,
    calls::Calls,
    catalogs::Loaded,
    mentions::mentioned,
    platform::{Catalog, Clock, Platform},
    report,
    run::{self, Report, Script, WallTime},
};
use contracts::{
    discovery::Detail,
    execution::{Failure, FailureKind, ServerBinding},
    registry::Server,
};
use mcp_server::Progress;
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub const NAME: &str = "execute_code";

/// Characters of a token, as estimated for the inline catalog.
const TOKEN_CHARACTERS: u64 = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    code: String,
    timeout_ms: Option<u64>,
}

/// MCP `Tool`. The description lists all signatures when they fit the budget, so that a small set-up needs no search.
pub async fn definition<P: Platform>(gateway: &CodeMode<'_, P>) -> Value {
    let settings = &gateway.settings;
    let mut description = String::from(
        "Runs one JavaScript program that calls many tools: await tools.<server>.<tool>(args). \
         Promise.all runs calls in parallel; return the small answer. A failed tool throws an Error; console.log is kept.",
    );
    match inline_catalog(gateway).await {
        Some(declarations) => {
            description.push_str("\n\nAll tools:\n");
            description.push_str(&declarations);
        }
        None => description.push_str(" Find signatures with search_tools first; one script for many calls."),
    }
    json!({
        "name": NAME,
        "title": "Execute code",
        "description": description,
        "inputSchema": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": "JavaScript (ES2023, top-level await, no imports). The result is what it returns, or its last expression."},
                "timeout_ms": {"type": "integer", "minimum": 1, "maximum": settings.run_timeout, "default": settings.run_timeout}
            },
            "required": ["code"],
            "additionalProperties": false
        },
        "outputSchema": report::output_schema(),
        "annotations": {"readOnlyHint": false, "destructiveHint": true, "idempotentHint": false, "openWorldHint": true}
    })
}

async fn inline_catalog<P: Platform>(gateway: &CodeMode<'_, P>) -> Option<String> {
    let loaded = gateway.load_all().await.ok()?;
    if loaded.iter().all(|one| one.catalog.as_ref().map_or(true, |catalog| catalog.tools.is_empty())) {
        return None;
    }
    let budget_bytes = u32::try_from(gateway.settings.inline_catalog * TOKEN_CHARACTERS).unwrap_or(u32::MAX);
    gateway.index(&loaded).await.declare(Detail::Signature, budget_bytes)
}

/// MCP `CallToolResult`.
pub async fn call<P: Platform>(gateway: &CodeMode<'_, P>, given: Map<String, Value>, progress: &dyn Progress) -> Value {
    let code = given.get("code").and_then(Value::as_str).unwrap_or_default().to_string();
    let id = execution_id(gateway.platform);
    let report = match checked(gateway, given) {
        Ok(given) => execute(gateway, &id, given, progress).await,
        Err(message) => not_run(FailureKind::Arguments, message),
    };
    report::tool_result(&code, &report, &id, &gateway.settings)
}

/// A name for a run that no other has.
pub fn execution_id(clock: &impl Clock) -> String {
    format!("{:016x}{:016x}", clock.random(), clock.random())
}

fn checked<P: Platform>(gateway: &CodeMode<'_, P>, given: Map<String, Value>) -> Result<Arguments, String> {
    let given: Arguments = arguments(given)?;
    let settings = &gateway.settings;
    if given.code.len() as u64 > settings.run_code {
        return Err(format!(
            "The code has {} bytes; the limit is {}. Fetch large data with a tool instead of writing it into the script.",
            given.code.len(),
            settings.run_code
        ));
    }
    match given.timeout_ms {
        Some(wanted) if !(1..=settings.run_timeout).contains(&wanted) => {
            Err(format!("timeout_ms is {wanted}; it must be from 1 to {}.", settings.run_timeout))
        }
        _ => Ok(given),
    }
}

async fn execute<P: Platform>(
    gateway: &CodeMode<'_, P>,
    id: &str,
    given: Arguments,
    progress: &dyn Progress,
) -> Report {
    let (platform, state) = (gateway.platform, gateway.state);
    let wall_time = WallTime::begin(platform, given.timeout_ms.unwrap_or(gateway.settings.run_timeout));
    let not_run = |kind, message| Report { duration_ms: wall_time.spent_ms(platform), ..not_run(kind, message) };
    let servers = match wall_time.bound(platform, platform.list_servers()).await {
        Some(Ok(servers)) => servers,
        Some(Err(failure)) => return not_run(FailureKind::Tool, failure.message),
        None => return not_run(FailureKind::Timeout, no_time_left(wall_time, "the list of servers")),
    };
    let mentioned = mentioned_in(&given.code, &servers);
    let Some(loaded) = wall_time.bound(platform, state.catalogs.load(platform, mentioned.clone())).await else {
        return not_run(FailureKind::Timeout, no_time_left(wall_time, &tools_of(&mentioned)));
    };
    let bindings = bindings(&servers, &loaded);
    let calls = Calls::new(platform, state, gateway.samples, id, wall_time, gateway.settings, &loaded);
    let script = Script { code: given.code, bindings, wall_time };
    run::run(platform, &calls, &state.pace, &gateway.settings, script, progress).await
}

fn mentioned_in(code: &str, servers: &[Server]) -> Vec<Server> {
    let aliases: Vec<&str> = servers.iter().map(|server| server.alias.as_str()).collect();
    let mentioned = mentioned(code, &aliases);
    servers.iter().filter(|server| mentioned.contains(&server.alias.as_str())).cloned().collect()
}

/// Why a script was not started.
fn no_time_left(wall_time: WallTime, loaded: &str) -> String {
    format!(
        "The run was stopped after {} ms, its limit of wall time: loading {loaded} left no time for the script. Nothing was called.",
        wall_time.limit_ms()
    )
}

/// The first few of them by name.
fn tools_of(servers: &[Server]) -> String {
    const NAMED: usize = 5;
    let named: Vec<String> = servers.iter().take(NAMED).map(|server| format!("{:?}", server.alias)).collect();
    let others = match servers.len().saturating_sub(NAMED) {
        0 => String::new(),
        others => format!(" and {others} more servers"),
    };
    format!("the tools of {}{others}", named.join(", "))
}

/// What the script finds in `tools`: every server, and the tools of those that it mentions. A server whose
/// tools are not known takes calls all the same, and the call says what is wrong with it.
fn bindings(servers: &[Server], loaded: &[Loaded]) -> Vec<ServerBinding> {
    let tools_of = |alias: &str| {
        let catalog = loaded.iter().find(|one| one.server.alias == alias)?.catalog.as_ref().ok()?;
        Some(catalog.tools.iter().map(|tool| tool.name.clone()).collect())
    };
    servers.iter().map(|server| ServerBinding { alias: server.alias.clone(), tools: tools_of(&server.alias) }).collect()
}

fn not_run(kind: FailureKind, message: String) -> Report {
    Report {
        result: Err(Failure { kind, message, position: None, stack: String::new() }),
        logs: Vec::new(),
        calls: Vec::new(),
        duration_ms: 0,
    }
}
