use crate::{
    configuration::Configuration,
    failure::{Failure, FailureKind},
    host::Host,
    records::KnownCatalog,
    registry::Registry,
    upstream::Upstream,
};
use futures::future::join_all;
use mcp::{TraceContext, code};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What a caller wants the servers for: a server or a tool can be kept out of Code Mode alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Scripts, and what is searched and declared for them.
    CodeMode,
    /// The tools themselves, one call each.
    Direct,
}

/// What one caller may see and use, for one request: the servers as they were when it was opened.
pub struct Access<H> {
    pub(crate) registry: Rc<Registry<H>>,
    pub(crate) caller: String,
    configuration: Rc<Configuration>,
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
    /// The revision that the caller has already.
    pub known_revision: Option<String>,
}

/// The answer to one [`Wanted`].
#[derive(Debug, Clone)]
pub struct CatalogAnswer {
    pub alias: String,
    /// `None`: the caller's revision is current.
    pub catalog: Result<Option<Rc<KnownCatalog>>, Failure>,
}

impl<H: Host> Registry<H> {
    /// What a caller may do; `caller` tells callers apart. Fails when the configuration cannot be used.
    pub async fn open(self: &Rc<Self>, caller: &str, _purpose: Purpose) -> Result<Access<H>, Failure> {
        let configuration = self.configuration().await?;
        Ok(Access { registry: self.clone(), caller: caller.to_string(), configuration })
    }
}

impl<H: Host> Access<H> {
    /// The servers in order of alias. Asks no server anything.
    pub fn list(&self) -> Vec<ServerSummary> {
        let summary = |entry: &crate::server_entry::ServerEntry| ServerSummary {
            alias: entry.alias.clone(),
            title: entry.title.clone(),
            description: entry.description.clone(),
        };
        self.configuration.servers.values().map(summary).collect()
    }

    /// The tools of some servers, all at the same time.
    pub async fn load_catalogs(&self, wanted: Vec<Wanted>) -> Vec<CatalogAnswer> {
        // Each once: a task must not wait for itself.
        let aliases: BTreeSet<&str> = wanted.iter().map(|wanted| wanted.alias.as_str()).collect();
        let load = |alias| async move { (alias, self.catalog(alias).await) };
        let loaded: BTreeMap<&str, _> = join_all(aliases.into_iter().map(load)).await.into_iter().collect();
        let answer = |wanted: &Wanted| CatalogAnswer {
            alias: wanted.alias.clone(),
            catalog: loaded[wanted.alias.as_str()]
                .clone()
                .map(|known| Some(known).filter(|known| wanted.known_revision.as_ref() != Some(&known.revision))),
        };
        wanted.iter().map(answer).collect()
    }

    async fn catalog(&self, alias: &str) -> Result<Rc<KnownCatalog>, Failure> {
        self.upstream(alias)?.catalog().await
    }

    /// Calls a tool; `arguments` is a JSON object as text. Gives the `CallToolResult` as JSON text.
    pub async fn call_tool(
        &self,
        alias: &str,
        tool: &str,
        arguments: &str,
        trace: TraceContext,
    ) -> Result<String, Failure> {
        let Ok(Value::Object(arguments)) = serde_json::from_str(arguments) else {
            return Err(Failure {
                kind: FailureKind::Rpc,
                message: format!("The arguments of tool \"{tool}\" of server \"{alias}\" are no JSON object."),
                code: Some(code::INVALID_PARAMS),
                data: None,
            });
        };
        let upstream = self.upstream(alias)?;
        Ok(upstream.call(tool, arguments, trace).await?.to_string())
    }

    /// The upstream of an alias.
    pub(crate) fn upstream(&self, alias: &str) -> Result<Rc<Upstream<H>>, Failure> {
        self.registry.upstream(&self.configuration, alias)
    }
}
