use crate::failure::FailureKind;
use crate::{
    configuration::Configuration,
    failure::Failure,
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
    pub alias: &'a str,
    pub title: Option<&'a str>,
    pub description: Option<&'a str>,
    pub code_mode: bool,
}

impl Snapshot {
    /// Where servers may be.
    pub fn private(&self) -> PrivateUpstreams {
        self.declared.private
    }

    /// A registered server, if none is declared under its alias.
    pub fn registered(&self, alias: &str) -> Option<&Listed> {
        self.index.servers.get(alias).filter(|_| !self.declared.is_declared(alias))
    }

    /// One server, if it is there and switched on.
    pub fn server<'a>(&'a self, alias: &'a str) -> Option<Known<'a>> {
        if let Some(entry) = self.declared.servers.get(alias) {
            let (title, description) = (entry.title.as_deref(), entry.description.as_deref());
            return Some(Known { alias: &entry.alias, title, description, code_mode: entry.code_mode });
        }
        self.registered(alias).filter(|listed| listed.enabled).map(|listed| Known {
            alias,
            title: listed.title.as_deref(),
            description: listed.description.as_deref(),
            code_mode: listed.code_mode,
        })
    }

    /// All that are there and switched on, in order of alias.
    pub fn servers(&self) -> Vec<Known<'_>> {
        let aliases = self.declared.servers.keys().chain(self.index.servers.keys());
        let mut servers: Vec<Known<'_>> = aliases.filter_map(|alias| self.server(alias)).collect();
        servers.sort_by(|one, other| one.alias.cmp(other.alias));
        servers.dedup_by(|one, other| one.alias == other.alias);
        servers
    }
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
        let (listed, record) = same.ok_or_else(|| unknown_server(alias))?;
        let connection = target::of_record(alias, &record, &snapshot.vault, snapshot.private())
            .map(|target| Rc::new(ServerConnection { target, policy: record.tools }))
            .map_err(|error| unusable(alias, &error));
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
