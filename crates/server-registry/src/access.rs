use crate::{
    caller::{Caller, Purpose},
    failure::{Failure, FailureKind},
    happened::{CallContext, outcome_of},
    host::Host,
    permission::Permission,
    records::KnownCatalog,
    registry::Registry,
    server_entry::ServerConnection,
    snapshot::{Known, Snapshot, unknown_server},
    upstream::Upstream,
};
use futures::future::join_all;
use mcp::code;
use mcp_client::Tool;
use serde_json::{Map, Value};
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use usage::Outcome;

/// What one caller may see and use, for one request: the servers as they were when it signed in.
pub struct Access<H> {
    pub(crate) registry: Rc<Registry<H>>,
    pub(crate) caller: Caller,
    pub(crate) snapshot: Snapshot,
    pub(crate) purpose: Purpose,
    /// When the caller's key was last looked at.
    pub(crate) admitted: Cell<u64>,
}

/// A server that is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSummary {
    pub alias: String,
    pub title: Option<String>,
    pub description: Option<String>,
}

/// Asks for a server's tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub alias: String,
    /// The revisions that are there already, whichever callers they are for.
    pub known_revisions: Vec<String>,
}

/// The answer to one [`Wanted`].
#[derive(Debug, Clone)]
pub struct CatalogAnswer {
    pub alias: String,
    /// The tools that the caller may see, or why they cannot be had.
    pub catalog: Result<CurrentCatalog, Failure>,
    /// Whether the tools are older than they should be: newer ones are on their way, or cannot be had.
    pub is_stale: bool,
}

/// What a caller may see of a server now.
#[derive(Debug, Clone)]
pub enum CurrentCatalog {
    /// This one of the known revisions.
    Known(String),
    /// Other tools than those of the known revisions.
    Other(Rc<KnownCatalog>),
}

/// A server that the caller may use.
pub(crate) struct Usable<H> {
    pub upstream: Rc<Upstream<H>>,
    connection: Rc<ServerConnection>,
}

impl Wanted {
    fn answered_with(&self, current: Rc<KnownCatalog>) -> CurrentCatalog {
        if self.known_revisions.contains(&current.revision) {
            CurrentCatalog::Known(current.revision.clone())
        } else {
            CurrentCatalog::Other(current)
        }
    }
}

impl<H: Host> Access<H> {
    pub(crate) fn new(registry: Rc<Registry<H>>, caller: Caller, purpose: Purpose, snapshot: Snapshot) -> Self {
        let admitted = Cell::new(registry.host.monotonic_ms());
        Self { registry, caller, snapshot, purpose, admitted }
    }

    /// Tells this caller from others: the id of its key, or a word.
    pub fn caller_id(&self) -> &str {
        self.caller.id()
    }

    /// The servers in order of alias. Asks no server anything.
    pub fn list(&self) -> Vec<ServerSummary> {
        let servers = self.snapshot.servers(self.caller.id()).into_iter().filter(|server| self.may_use(server));
        let summary = |server: Known<'_>| ServerSummary {
            alias: server.alias.to_string(),
            title: server.title.map(str::to_string),
            description: server.description.map(str::to_string),
        };
        servers.map(summary).collect()
    }

    /// A server by what the caller calls it, if it may be used.
    pub(crate) fn find<'a>(&'a self, alias: &'a str) -> Option<Known<'a>> {
        self.snapshot.find(alias, self.caller.id()).filter(|server| self.may_use(server))
    }

    /// Whether the caller may use a server that is there for it.
    fn may_use(&self, server: &Known<'_>) -> bool {
        self.caller.may_use(server.alias) && (server.code_mode || self.purpose == Purpose::Direct)
    }

    /// The tools of some servers, all at the same time.
    pub async fn load_catalogs(&self, wanted: Vec<Wanted>) -> Vec<CatalogAnswer> {
        // Each once: a task must not wait for itself.
        let aliases: BTreeSet<&str> = wanted.iter().map(|wanted| wanted.alias.as_str()).collect();
        let load = |alias| async move { (alias, self.catalog(alias).await) };
        let loaded: BTreeMap<&str, _> = join_all(aliases.into_iter().map(load)).await.into_iter().collect();
        let answer = |wanted: &Wanted| CatalogAnswer {
            alias: wanted.alias.clone(),
            catalog: loaded[wanted.alias.as_str()].clone().map(|(current, _)| wanted.answered_with(current)),
            is_stale: loaded[wanted.alias.as_str()].as_ref().is_ok_and(|(_, is_stale)| *is_stale),
        };
        wanted.iter().map(answer).collect()
    }

    /// The tools that may be seen, and whether they are stale.
    async fn catalog(&self, alias: &str) -> Result<(Rc<KnownCatalog>, bool), Failure> {
        self.expect_admitted().await?;
        let server = self.usable(alias).await?;
        let known = server.upstream.catalog().await?;
        let is_stale = server.upstream.is_stale(&known);
        let permission = self.permission(alias, &server);
        Ok((if permission.is_unlimited() { known } else { Rc::new(permission.part_of(&known)) }, is_stale))
    }

    /// Calls a tool; `arguments` is a JSON object as text. Gives the `CallToolResult` as JSON text.
    pub async fn call_tool(
        &self,
        alias: &str,
        tool: &str,
        arguments: &str,
        context: CallContext,
    ) -> Result<String, Failure> {
        let mut under_way = self.begin(&context.execution, alias, tool, arguments.len());
        let called = match self.check_call(alias, tool, arguments).await {
            Ok((server, arguments)) => {
                let called = server.upstream.call(tool, arguments, context.trace).await.map_err(Failure::from);
                under_way.outcome = match &called {
                    Ok(result) if result["isError"] == true => Outcome::ToolError,
                    Ok(_) => Outcome::Ok,
                    Err(failure) => outcome_of(failure),
                };
                called
            }
            Err(failure) => {
                under_way.outcome = match failure.kind {
                    FailureKind::Rpc => Outcome::Failed(usage::FailureKind::Refused),
                    _ => outcome_of(&failure),
                };
                Err(failure)
            }
        };
        let result = called.map(|result| result.to_string());
        under_way.received_bytes = result.as_ref().map_or(0, String::len) as u64;
        result
    }

    /// The server of a call that may be sent, and its arguments.
    async fn check_call(
        &self,
        alias: &str,
        tool: &str,
        arguments: &str,
    ) -> Result<(Usable<H>, Map<String, Value>), Failure> {
        let Ok(Value::Object(arguments)) = serde_json::from_str(arguments) else {
            let message = format!("The arguments of tool \"{tool}\" of server \"{alias}\" are no JSON object.");
            return Err(invalid_params(message));
        };
        self.expect_admitted().await?;
        let server = self.usable(alias).await?;
        if !self.allows(alias, &server, tool).await {
            return Err(invalid_params(format!("The server \"{alias}\" has no tool \"{tool}\".")));
        }
        Ok((server, arguments))
    }

    /// A server, if the caller may use it.
    pub(crate) async fn usable(&self, alias: &str) -> Result<Usable<H>, Failure> {
        let server = self.find(alias).ok_or_else(|| unknown_server(alias))?;
        let connection = self.registry.connection(&self.snapshot, server.id).await?;
        let upstream = self.registry.upstream(&connection);
        upstream.note_refresh(self.snapshot.index.last_refresh(server.id));
        Ok(Usable { upstream, connection })
    }

    /// Whether the caller may use a tool. What its server says of it counts as far as its catalog can be had.
    pub(crate) async fn allows(&self, alias: &str, server: &Usable<H>, tool: &str) -> bool {
        let permission = self.permission(alias, server);
        if permission.is_unlimited() {
            return true;
        }
        let known = server.upstream.catalog().await.ok();
        let mut tools = known.iter().flat_map(|known| &known.catalog.tools);
        match tools.clone().find(|entry| entry.name == tool) {
            Some(entry) => permission.allows_tool(entry),
            None => {
                let forbidden = |entry: &Tool| is_spelling(&entry.name, tool) && !permission.allows_tool(entry);
                permission.allows_unlisted(tool) && !tools.any(forbidden)
            }
        }
    }

    pub(crate) fn permission<'a>(&'a self, alias: &'a str, server: &'a Usable<H>) -> Permission<'a> {
        Permission { alias, policy: &server.connection.policy, caller: &self.caller, purpose: self.purpose }
    }
}

/// Whether a server could take one name for another: they differ by case, or by what is no letter and no digit.
fn is_spelling(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase)
}

pub(crate) fn invalid_params(message: String) -> Failure {
    Failure { kind: FailureKind::Rpc, message, code: Some(code::INVALID_PARAMS), data: None }
}
