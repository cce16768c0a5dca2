//! The opt-out of Code Mode, `/mcp?mode=direct`: every tool of every server as a tool of the gateway.

mod names;
mod output_schema;

use crate::{State, catalogs::Loaded, platform::Platform, settings::Settings, tools::execute_code::execution_id};
use contracts::registry::{Failure, FailureKind, Server, Tool};
use mcp::{RpcError, code};
use mcp_server::{Identity, Progress, Service, ToolCall, ToolPage, invalid_cursor};
use serde_json::{Value, json};

/// Tools on one page of the list.
const PAGE_TOOLS: usize = 200;

/// The MCP server on `/mcp?mode=direct`.
pub struct DirectTools<'a, P: Platform> {
    pub platform: &'a P,
    pub state: &'a State<P>,
    pub settings: Settings,
}

/// A tool under its direct name.
struct Named<'a> {
    name: String,
    alias: &'a str,
    tool: &'a Tool,
}

impl<P: Platform> DirectTools<'_, P> {
    async fn load(&self, wanted: impl Fn(&Server) -> bool) -> Result<Vec<Loaded>, RpcError> {
        let servers = self.platform.list_servers().await.map_err(|failure| rpc_error(failure, &self.settings))?;
        let wanted = servers.into_iter().filter(wanted).collect();
        Ok(self.state.catalogs.load(self.platform, wanted).await)
    }
}

impl<P: Platform> Service for DirectTools<'_, P> {
    fn identity(&self) -> Identity {
        Identity {
            name: "bobbin",
            title: "Bobbin",
            version: env!("CARGO_PKG_VERSION"),
            instructions: "Many MCP servers behind one endpoint. Each tool is named SERVER__TOOL.".to_string(),
        }
    }

    async fn list_tools(&self, cursor: Option<&str>) -> Result<ToolPage, RpcError> {
        let loaded = self.load(|_| true).await?;
        let named = named(&loaded);
        let first = match cursor {
            None => 0,
            // A cursor is the name of the last tool before the page, so it outlives changes of the list.
            Some(cursor) if names::is_direct(cursor) => named.partition_point(|one| one.name.as_str() <= cursor),
            Some(cursor) => return Err(invalid_cursor(cursor)),
        };
        let rest = &named[first..];
        let page = &rest[..rest.len().min(PAGE_TOOLS)];
        let next_cursor = page.last().filter(|_| rest.len() > page.len()).map(|last| last.name.clone());
        Ok(ToolPage { tools: page.iter().map(definition).collect(), next_cursor })
    }

    async fn call_tool(&self, call: ToolCall, _: &dyn Progress) -> Result<Value, RpcError> {
        // The tools of other servers cannot have this name.
        let loaded = self.load(|server| names::may_belong(&call.name, &server.alias)).await?;
        let named = named(&loaded);
        let listed = named.iter().find(|one| one.name == call.name).map(|one| (one.alias, one.tool.name.as_str()));
        let Some((alias, tool)) = listed.or_else(|| unlisted(&loaded, &call.name)) else {
            let down = loaded.iter().find_map(|one| one.catalog.as_ref().err());
            return match down {
                Some(failure) => Ok(failed(failure, &self.settings)),
                None => Err(RpcError::new(
                    code::INVALID_PARAMS,
                    format!("Unknown tool: {}", self.settings.name(&call.name)),
                )),
            };
        };
        let arguments = Value::Object(call.arguments).to_string();
        let execution = execution_id(self.platform);
        match self.platform.call_tool(&execution, alias.to_string(), tool.to_string(), arguments).await {
            Ok(result) => serde_json::from_str(&result).map_err(|error| {
                let name = self.settings.name(&call.name);
                RpcError::new(code::INTERNAL_ERROR, format!("The result of {name} cannot be read: {error}"))
            }),
            Err(failure) if failure.kind == FailureKind::Rpc => Err(rpc_error(failure, &self.settings)),
            Err(failure) => Ok(failed(&failure, &self.settings)),
        }
    }
}

/// A tool of a server whose list cannot be had. The call shows what is wrong with the server, and is written down as
/// every other.
fn unlisted<'a>(loaded: &'a [Loaded], name: &'a str) -> Option<(&'a str, &'a str)> {
    let down = loaded.iter().filter(|one| one.catalog.is_err()).map(|one| one.server.alias.as_str());
    down.filter_map(|alias| Some((alias, names::tool_of(name, alias)?))).next()
}

/// The tools of all servers that are there, in order of their direct names.
fn named(loaded: &[Loaded]) -> Vec<Named<'_>> {
    let tools = loaded.iter().flat_map(|one| {
        let tools = one.catalog.as_ref().map_or(&[][..], |catalog| &catalog.tools);
        tools.iter().map(|tool| (one.server.alias.as_str(), tool))
    });
    let mut named: Vec<Named<'_>> =
        tools.map(|(alias, tool)| Named { name: names::direct(alias, &tool.name), alias, tool }).collect();
    named.sort_by(|a, b| a.name.cmp(&b.name));
    named.dedup_by(|a, b| a.name == b.name);
    named
}

/// MCP `Tool`, as its server gave it but for the name, and without a schema of results that takes all tools from some
/// clients.
fn definition(named: &Named<'_>) -> Value {
    let tool = named.tool;
    let mut definition = json!({"name": named.name});
    let texts = [("title", &tool.title), ("description", &tool.description)];
    for (field, text) in texts.into_iter().filter_map(|(field, text)| Some((field, text.as_ref()?))) {
        definition[field] = json!(text);
    }
    let schemas = [
        ("inputSchema", Some(&tool.input_schema)),
        ("outputSchema", tool.output_schema.as_ref()),
        ("annotations", tool.annotations.as_ref()),
    ];
    for (field, json) in schemas.into_iter().filter_map(|(field, json)| Some((field, json?))) {
        if let Ok(value) = serde_json::from_str::<Value>(json)
            && (field != "outputSchema" || output_schema::compiles_everywhere(&value))
        {
            definition[field] = value;
        }
    }
    definition
}

/// What the model sees of a server that could not be asked.
fn failed(failure: &Failure, settings: &Settings) -> Value {
    json!({"content": [{"type": "text", "text": settings.message(&failure.message)}], "isError": true})
}

fn rpc_error(failure: Failure, settings: &Settings) -> RpcError {
    RpcError {
        code: failure.code.unwrap_or(code::INTERNAL_ERROR),
        message: settings.message(&failure.message).into_owned(),
        data: failure.data.and_then(|data| serde_json::from_str(&settings.data(data)).ok()),
    }
}
