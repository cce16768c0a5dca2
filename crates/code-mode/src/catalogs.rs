//! Catalogs and their index, kept from one request to the next.

mod recent;

use crate::{
    learning::Learned,
    platform::{Discovery, Registry},
};
use contracts::{
    discovery,
    registry::{Catalog, CatalogAnswer, CurrentCatalog, Failure, Server, Wanted},
};
use recent::Recent;
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// Revisions of one server's tools that are kept: callers with other rights see other ones.
const MAX_REVISIONS: usize = 8;

/// Indexes that are kept: each holds all tools that one kind of caller sees, with what it may know of their results.
const MAX_INDEXES: usize = 8;

/// Servers with their tools, as far as they can be had.
pub struct Loaded {
    pub server: Server,
    pub catalog: Result<Rc<Catalog>, Failure>,
    /// Whether the tools are older than they should be.
    pub is_stale: bool,
}

/// What an instance of the gateway remembers of catalogs. The registry says by revision what is still true.
pub struct Cache<C> {
    catalogs: RefCell<HashMap<String, Recent<Rc<Catalog>, MAX_REVISIONS>>>,
    /// Callers that see other tools have other ones.
    indexes: RefCell<Recent<Rc<Indexed<C>>, MAX_INDEXES>>,
}

struct Indexed<C> {
    servers: Vec<String>,
    revisions: Vec<(String, String)>,
    learned: Learned,
    catalog: Rc<C>,
}

impl<C> Default for Cache<C> {
    fn default() -> Self {
        Self { catalogs: RefCell::default(), indexes: RefCell::default() }
    }
}

impl<C> Cache<C> {
    /// Loads the catalogs of some servers, at the same time.
    pub async fn load(&self, registry: &impl Registry, servers: Vec<Server>) -> Vec<Loaded> {
        if servers.is_empty() {
            return Vec::new();
        }
        // What was sent counts, not what is kept when the answer comes: by then it may be other callers'.
        let known: Vec<Vec<Rc<Catalog>>> = servers.iter().map(|server| self.known(&server.alias)).collect();
        let wanted = servers.iter().zip(&known).map(|(server, known)| Wanted {
            alias: server.alias.clone(),
            known_revisions: known.iter().map(|catalog| catalog.revision.clone()).collect(),
        });
        let mut answers: HashMap<String, CatalogAnswer> = registry
            .load_catalogs(wanted.collect())
            .await
            .into_iter()
            .map(|answer| (answer.alias.clone(), answer))
            .collect();
        let loaded = |(server, known): (Server, Vec<Rc<Catalog>>)| {
            let answer = answers.remove(&server.alias);
            let is_stale = answer.as_ref().is_some_and(|answer| answer.is_stale);
            let catalog = match answer.map(|answer| answer.catalog) {
                Some(Ok(CurrentCatalog::Other(catalog))) => Ok(Rc::new(catalog)),
                Some(Ok(CurrentCatalog::Known(revision))) => {
                    known.into_iter().find(|one| one.revision == revision).ok_or_else(|| no_answer(&server.alias))
                }
                Some(Err(failure)) => Err(failure),
                None => Err(no_answer(&server.alias)),
            };
            let catalog = catalog.map(|catalog| self.keep(&server.alias, catalog));
            Loaded { catalog, is_stale, server }
        };
        servers.into_iter().zip(known).map(loaded).collect()
    }

    /// The revisions of a server's tools that are there.
    fn known(&self, alias: &str) -> Vec<Rc<Catalog>> {
        self.catalogs.borrow().get(alias).map(|kept| kept.all().cloned().collect()).unwrap_or_default()
    }

    /// Keeps a revision; one that was kept meanwhile is as good.
    fn keep(&self, alias: &str, catalog: Rc<Catalog>) -> Rc<Catalog> {
        let mut catalogs = self.catalogs.borrow_mut();
        let kept = catalogs.entry(alias.to_string()).or_default();
        kept.find(|one| one.revision == catalog.revision).unwrap_or_else(|| {
            kept.add(catalog.clone());
            catalog
        })
    }

    /// The index over all loaded tools; a known one serves as long as no catalog changes and nothing is learned.
    pub fn index<D: Discovery<Catalog = C>>(&self, discovery: &D, loaded: &[Loaded], learned: Learned) -> Rc<C> {
        let revisions: Vec<(String, String)> = loaded
            .iter()
            .filter_map(|one| Some((one.server.alias.clone(), one.catalog.as_ref().ok()?.revision.clone())))
            .collect();
        let servers: Vec<String> = loaded.iter().map(|one| one.server.alias.clone()).collect();
        let is_current = |indexed: &Rc<Indexed<C>>| {
            indexed.revisions == revisions && indexed.servers == servers && indexed.learned == learned
        };
        if let Some(indexed) = self.indexes.borrow_mut().find(is_current) {
            return indexed.catalog.clone();
        }
        let tools = loaded.iter().flat_map(|one| {
            let tools = one.catalog.as_ref().map_or(&[][..], |catalog| &catalog.tools);
            tools.iter().map(|tool| to_discovery(&one.server.alias, tool, &learned))
        });
        let catalog = Rc::new(discovery.index(servers.clone(), tools.collect()));
        self.indexes.borrow_mut().add(Rc::new(Indexed { servers, revisions, learned, catalog: catalog.clone() }));
        catalog
    }
}

fn to_discovery(alias: &str, tool: &contracts::registry::Tool, learned: &Learned) -> discovery::Tool {
    discovery::Tool {
        server: alias.to_string(),
        name: tool.name.clone(),
        title: tool.title.clone(),
        description: tool.description.clone(),
        input_schema: tool.input_schema.clone(),
        output_schema: tool.output_schema.clone(),
        learned_result: learned.own(alias, &tool.name).map(str::to_string),
        common_result: learned.common(alias, &tool.name).map(str::to_string),
    }
}

fn no_answer(alias: &str) -> Failure {
    Failure {
        kind: contracts::registry::FailureKind::Protocol,
        message: format!("The registry said nothing about the server {alias:?}."),
        code: None,
        data: None,
    }
}
