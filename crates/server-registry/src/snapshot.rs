use crate::failure::FailureKind;
use crate::{
    configuration::Configuration,
    failure::Failure,
    fingerprint,
    host::{Host, StoreError},
    registry::Registry,
    server_entry::{ServerConnection, unusable},
    store::index::{self, Index, Listed},
    target,
    vault::Vault,
};
use std::rc::Rc;
use upstream_address::PrivateUpstreams;

/// Which servers there were at one moment. Those of the variable `servers` win.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub declared: Rc<Configuration>,
    pub index: Rc<Index>,
    pub vault: Rc<Vault>,
    /// Whether agents may add servers.
    pub agent_registration: bool,
}

/// A server at that moment, without what is needed to use it.
#[derive(Debug, Clone)]
pub(crate) struct Known<'a> {
    /// Its alias in the index, in the store and for the operator.
    pub id: &'a str,
    /// What callers call it.
    pub alias: &'a str,
    pub title: Option<&'a str>,
    pub description: Option<&'a str>,
    pub code_mode: bool,
    /// Whether types are learned of what its tools return.
    pub learn_types: bool,
    /// The caller that added it for itself alone.
    pub agent: Option<&'a str>,
}

impl Known<'_> {
    /// Whether it is there for a caller: not where another one has added it for itself.
    fn is_for(&self, caller: &str) -> bool {
        self.agent.is_none_or(|agent| agent == caller)
    }
}

impl Snapshot {
    /// Where servers of the operator may be.
    pub fn private(&self) -> PrivateUpstreams {
        self.declared.private
    }

    /// A registered server, if none is declared under its alias.
    pub fn registered(&self, id: &str) -> Option<&Listed> {
        self.index.servers.get(id).filter(|_| !self.declared.is_declared(id))
    }

    /// One server, if it is there and switched on, whoever it is for.
    pub fn server<'a>(&'a self, id: &'a str) -> Option<Known<'a>> {
        if let Some(entry) = self.declared.servers.get(id) {
            return Some(Known {
                id: &entry.alias,
                alias: &entry.alias,
                title: entry.title.as_deref(),
                description: entry.description.as_deref(),
                code_mode: entry.code_mode,
                learn_types: entry.learn_types,
                agent: None,
            });
        }
        self.registered(id).filter(|listed| listed.enabled).map(|listed| Known {
            id,
            alias: listed.name.as_deref().unwrap_or(id),
            title: listed.title.as_deref(),
            description: listed.description.as_deref(),
            code_mode: listed.code_mode,
            learn_types: listed.learn_types,
            agent: listed.agent.as_deref(),
        })
    }

    /// The server that a caller means by an alias: the operator's where there is one that is switched on, or else its own.
    pub fn find<'a>(&'a self, alias: &'a str, caller: &str) -> Option<Known<'a>> {
        let is_meant = |server: &Known<'_>| server.alias == alias && server.is_for(caller);
        self.server(alias).filter(is_meant).or_else(|| self.server(self.added_by(caller, alias)?))
    }

    /// The alias here of the server that a caller has added under a name, switched on or not.
    pub fn added_by(&self, caller: &str, name: &str) -> Option<&str> {
        added_by(&self.index, caller, name).filter(|id| !self.declared.is_declared(id))
    }

    /// All that are there and switched on for a caller, in order of what it calls them.
    pub fn servers(&self, caller: &str) -> Vec<Known<'_>> {
        let ids = self.declared.servers.keys().chain(self.index.servers.keys());
        let mut servers: Vec<Known<'_>> =
            ids.filter_map(|id| self.server(id)).filter(|server| server.is_for(caller)).collect();
        servers.sort_by_key(|server| (server.alias, server.agent.is_some()));
        servers.dedup_by_key(|server| server.alias);
        servers
    }

    /// Tells a server from another one that had its alias before.
    pub fn identity(&self, id: &str) -> String {
        match self.declared.entries.get(id) {
            Some(entry) => fingerprint::of_text(entry["url"].to_string().as_bytes()),
            None => self.index.servers.get(id).map_or(0, |listed| listed.created_at_ms).to_string(),
        }
    }
}

/// The alias in an index of the server that a caller has added under a name.
pub(crate) fn added_by<'a>(index: &'a Index, caller: &str, name: &str) -> Option<&'a str> {
    let own = |(id, listed): &(&String, &Listed)| listed.is_called(name, id, caller);
    index.servers.iter().find(own).map(|(id, _)| id.as_str())
}

impl<H: Host> Registry<H> {
    /// What is needed to use a server of a snapshot. The record of a registered one is loaded once.
    pub(crate) async fn connection(&self, snapshot: &Snapshot, alias: &str) -> Result<Rc<ServerConnection>, Failure> {
        if let Some(entry) = snapshot.declared.servers.get(alias) {
            return entry.connection.clone();
        }
        let listed = snapshot.registered(alias).ok_or_else(|| unknown_server(alias))?;
        self.registered_connection(snapshot, alias, listed).await
    }

    /// What is needed to use a registered server, switched on or off.
    pub(crate) async fn registered_connection(
        &self,
        snapshot: &Snapshot,
        alias: &str,
        listed: &Listed,
    ) -> Result<Rc<ServerConnection>, Failure> {
        if let Some((body, known)) = self.connections.borrow().get(alias)
            && *body == listed.body
        {
            return known.clone();
        }
        let current = index::current(&self.host, alias, listed).await.map_err(|error| store_failure(&error))?;
        // It may have been changed while this request was under way, but must still be the same server for the caller.
        let same = current.filter(|(now, _)| now.agent == listed.agent && now.enabled == listed.enabled);
        let name = listed.name.as_deref().unwrap_or(alias);
        let (listed, record) = same.ok_or_else(|| unknown_server(name))?;
        let connection = target::of_record(alias, &record, &snapshot.vault, listed.private(snapshot.private()))
            .map(|target| if listed.agent.is_some() { target.of_agent(name) } else { target })
            .map(|target| Rc::new(ServerConnection { target, policy: record.tools }))
            .map_err(|error| unusable(name, &error));
        // Later requests must not find what variables allowed that are others by now.
        if self.is_current(snapshot) {
            self.connections.borrow_mut().insert(alias.to_string(), (listed.body, connection.clone()));
        }
        connection
    }
}

/// The failure of an alias that nobody has, or that the caller may not see: both look the same.
pub(crate) fn unknown_server(alias: &str) -> Failure {
    Failure::new(FailureKind::UnknownServer, format!("There is no server \"{alias}\" in the configuration."))
}

/// The failure of the store.
pub(crate) fn store_failure(error: &StoreError) -> Failure {
    Failure::new(FailureKind::Configuration, format!("The gateway cannot read its servers: {error}."))
}
