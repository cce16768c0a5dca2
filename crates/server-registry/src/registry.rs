use crate::{
    configuration::Configuration,
    failure::{Failure, FailureKind},
    host::Host,
    records::KnownCatalog,
    upstream::Upstream,
    variable_json::VariableError,
};
use futures::future::{join_all, join3};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// Code that JSON-RPC has for parameters of the wrong shape.
const INVALID_PARAMS: i64 = -32602;

/// All servers. What it remembers is the operator's, never one caller's.
pub struct Registry<H> {
    pub(crate) host: H,
    read: RefCell<Option<Read>>,
    upstreams: RefCell<BTreeMap<String, Rc<Upstream<H>>>>,
}

/// The configuration and the texts that it was read from.
struct Read {
    texts: [String; 3],
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
    /// A registry that knows nothing yet.
    pub fn new(host: H) -> Self {
        Self { host, read: RefCell::default(), upstreams: RefCell::default() }
    }

    /// Every server in order of alias. Asks no server anything.
    pub async fn list(&self) -> Result<Vec<ServerSummary>, Failure> {
        let configuration = self.configuration().await?;
        let summary = |entry: &crate::server_entry::ServerEntry| ServerSummary {
            alias: entry.alias.clone(),
            title: entry.title.clone(),
            description: entry.description.clone(),
        };
        Ok(configuration.servers.values().map(summary).collect())
    }

    /// The tools of some servers, all at the same time.
    pub async fn load_catalogs(&self, wanted: Vec<Wanted>) -> Vec<CatalogAnswer> {
        let configuration = match self.configuration().await {
            Ok(configuration) => configuration,
            Err(failure) => {
                let answer = |wanted: Wanted| CatalogAnswer { alias: wanted.alias, catalog: Err(failure.clone()) };
                return wanted.into_iter().map(answer).collect();
            }
        };
        // Each once: a task must not wait for itself.
        let aliases: BTreeSet<&str> = wanted.iter().map(|wanted| wanted.alias.as_str()).collect();
        let configuration = &*configuration;
        let load = |alias| async move { (alias, self.catalog(configuration, alias).await) };
        let loaded: BTreeMap<&str, _> = join_all(aliases.into_iter().map(load)).await.into_iter().collect();
        let answer = |wanted: &Wanted| CatalogAnswer {
            alias: wanted.alias.clone(),
            catalog: loaded[wanted.alias.as_str()]
                .clone()
                .map(|known| Some(known).filter(|known| wanted.known_revision.as_ref() != Some(&known.revision))),
        };
        wanted.iter().map(answer).collect()
    }

    /// Calls a tool; `arguments` is a JSON object as text. Gives the `CallToolResult` as JSON text.
    pub async fn call_tool(&self, alias: &str, tool: &str, arguments: &str) -> Result<String, Failure> {
        let Ok(Value::Object(arguments)) = serde_json::from_str(arguments) else {
            return Err(Failure {
                kind: FailureKind::Rpc,
                message: format!("The arguments of tool \"{tool}\" of server \"{alias}\" are no JSON object."),
                code: Some(INVALID_PARAMS),
                data: None,
            });
        };
        let configuration = self.configuration().await?;
        let upstream = self.upstream(&configuration, alias)?;
        Ok(upstream.call(tool, arguments).await?.to_string())
    }

    /// The upstream of an alias in the configuration as it is now.
    pub(crate) async fn upstream_of(&self, alias: &str) -> Result<Rc<Upstream<H>>, Failure> {
        let configuration = self.configuration().await?;
        self.upstream(&configuration, alias)
    }

    async fn catalog(&self, configuration: &Configuration, alias: &str) -> Result<Rc<KnownCatalog>, Failure> {
        self.upstream(configuration, alias)?.catalog().await
    }

    /// The upstream of an alias, made anew when the way to reach it changed.
    fn upstream(&self, configuration: &Configuration, alias: &str) -> Result<Rc<Upstream<H>>, Failure> {
        let entry = configuration.servers.get(alias).ok_or_else(|| {
            Failure::new(FailureKind::UnknownServer, format!("There is no server \"{alias}\" in the configuration."))
        })?;
        let target = entry.target.as_ref().map_err(Failure::clone)?;
        let mut upstreams = self.upstreams.borrow_mut();
        if let Some(upstream) = upstreams.get(alias).filter(|upstream| upstream.is_of(target)) {
            return Ok(upstream.clone());
        }
        let upstream = Rc::new(Upstream::new(target, &self.host));
        upstreams.insert(alias.to_string(), upstream.clone());
        Ok(upstream)
    }

    /// The configuration as it is now; read again only when its text is another.
    async fn configuration(&self) -> Result<Rc<Configuration>, Failure> {
        let (servers, secrets, private) =
            join3(self.variable("servers"), self.variable("secrets"), self.variable("private_upstreams")).await;
        let texts = [servers?, secrets?, private?];
        if let Some(read) = &*self.read.borrow()
            && read.texts == texts
        {
            return Ok(read.configuration.clone());
        }
        let configuration = Rc::new(Configuration::read(&texts[0], &texts[1], &texts[2]).map_err(variable_failure)?);
        self.upstreams.borrow_mut().retain(|alias, _| configuration.servers.contains_key(alias));
        self.read.replace(Some(Read { texts, configuration: configuration.clone() }));
        Ok(configuration)
    }

    async fn variable(&self, name: &'static str) -> Result<String, Failure> {
        let value = self.host.variable(name).await;
        value
            .map(Option::unwrap_or_default)
            .map_err(|reason| variable_failure(VariableError::Unreadable { name, reason }))
    }
}

fn variable_failure(error: VariableError) -> Failure {
    Failure::new(FailureKind::Configuration, format!("{error}."))
}
