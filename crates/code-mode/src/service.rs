use crate::{
    arguments::Checker,
    catalogs::{Cache, Loaded},
    learning::{Learned, Samples},
    platform::{Discovery, Platform},
    run::Pace,
    settings::Settings,
    tools::{add_server, execute_code, list_servers, remove_server, search_tools},
};
use contracts::registry::Failure;
use mcp::{RpcError, code};
use mcp_server::{Identity, Progress, Service, ToolCall, ToolPage, invalid_cursor};
use serde_json::Value;
use std::rc::Rc;

/// What an instance of the gateway keeps from one request to the next: nothing of any caller.
pub struct State<P: Platform> {
    /// Catalogs, and the index over them.
    pub(crate) catalogs: Cache<<P as Discovery>::Catalog>,
    /// How fast scripts compute here.
    pub(crate) pace: Pace,
    /// Compiled input schemas.
    pub(crate) checker: Checker,
}

impl<P: Platform> Default for State<P> {
    fn default() -> Self {
        Self { catalogs: Cache::default(), pace: Pace::default(), checker: Checker::default() }
    }
}

/// The MCP server on `/mcp`.
pub struct CodeMode<'a, P: Platform> {
    pub platform: &'a P,
    pub state: &'a State<P>,
    pub settings: Settings,
    /// Takes the caller's results that are to be learned from, once the answer has gone out.
    pub samples: &'a Samples,
}

impl<P: Platform> CodeMode<'_, P> {
    /// Every server with its tools.
    pub(crate) async fn load_all(&self) -> Result<Vec<Loaded>, Failure> {
        let servers = self.platform.list_servers().await?;
        Ok(self.state.catalogs.load(self.platform, servers).await)
    }

    /// An index over their tools, with what was learned of results.
    pub(crate) async fn index(&self, loaded: &[Loaded]) -> Rc<<P as Discovery>::Catalog> {
        let aliases = loaded.iter().filter(|one| one.catalog.is_ok()).map(|one| one.server.alias.clone());
        let learned = Learned::load(self.platform, aliases.collect(), &self.settings).await;
        self.state.catalogs.index(self.platform, loaded, learned)
    }
}

impl<P: Platform> Service for CodeMode<'_, P> {
    fn identity(&self) -> Identity {
        Identity {
            name: "bobbin",
            title: "Bobbin",
            version: env!("CARGO_PKG_VERSION"),
            instructions:
                "Many MCP servers behind one endpoint. Find tools with search_tools, then call as many as you need \
                           from one script with execute_code."
                    .to_string(),
        }
    }

    async fn list_tools(&self, cursor: Option<&str>) -> Result<ToolPage, RpcError> {
        match cursor {
            None => {
                let execute_code = execute_code::definition(self).await;
                let mut tools = vec![list_servers::definition(), search_tools::definition(), execute_code];
                if self.platform.may_add_servers() {
                    tools.extend([add_server::definition(), remove_server::definition()]);
                }
                Ok(ToolPage { tools, next_cursor: None })
            }
            Some(cursor) => Err(invalid_cursor(cursor)),
        }
    }

    async fn call_tool(&self, call: ToolCall, progress: &dyn Progress) -> Result<Value, RpcError> {
        match call.name.as_str() {
            list_servers::NAME => Ok(list_servers::call(self, call.arguments).await),
            search_tools::NAME => Ok(search_tools::call(self, call.arguments).await),
            add_server::NAME if self.platform.may_add_servers() => Ok(add_server::call(self, call.arguments).await),
            remove_server::NAME if self.platform.may_add_servers() => {
                Ok(remove_server::call(self, call.arguments).await)
            }
            execute_code::NAME => Ok(execute_code::call(self, call.arguments, progress).await),
            unknown => {
                Err(RpcError::new(code::INVALID_PARAMS, format!("Unknown tool: {}", self.settings.name(unknown))))
            }
        }
    }
}
