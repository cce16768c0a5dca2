use crate::{
    configuration::Configuration,
    failure::{Failure, FailureKind},
    happened::Counters,
    host::Host,
    learned::Sampling,
    server_entry::ServerConnection,
    snapshot::{Snapshot, store_failure},
    store::{
        document,
        index::{self, Index},
    },
    upstream::Upstream,
    variable_json::{VariableError, is_allowed},
    vault::Vault,
};
use futures::future::{join, join_all, join5};
use mcp_server::UnderWay;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// All servers. What it remembers is the operator's, never one caller's: a caller comes in by
/// [`sign_in`](Registry::sign_in).
pub struct Registry<H> {
    pub(crate) host: H,
    variables: RefCell<Option<Rc<Variables>>>,
    index: RefCell<Option<(Vec<u8>, Rc<Index>)>>,
    /// What is needed to use registered servers, by alias.
    pub(crate) connections: RefCell<BTreeMap<String, Loaded>>,
    upstreams: RefCell<BTreeMap<String, Rc<Upstream<H>>>>,
    pub(crate) counters: Rc<Counters>,
    pub(crate) sampling: Sampling,
    /// Requests of translated sessions, by caller and alias.
    pub(crate) under_way: UnderWay<(String, String)>,
}

/// The name of a server's record, and what became of it.
pub(crate) type Loaded = (String, Result<Rc<ServerConnection>, Failure>);

/// What the variables say, and the texts that it was read from.
struct Variables {
    texts: [String; 5],
    declared: Rc<Configuration>,
    vault: Rc<Vault>,
    agent_registration: bool,
}

impl<H: Host> Registry<H> {
    /// A registry that knows nothing yet.
    pub fn new(host: H) -> Self {
        Self {
            host,
            variables: RefCell::default(),
            index: RefCell::default(),
            connections: RefCell::default(),
            upstreams: RefCell::default(),
            counters: Rc::default(),
            sampling: Sampling::default(),
            under_way: UnderWay::default(),
        }
    }

    /// The upstream of a server, made anew when the way to reach it changed.
    pub(crate) fn upstream(&self, connection: &ServerConnection) -> Rc<Upstream<H>> {
        let target = &connection.target;
        let mut upstreams = self.upstreams.borrow_mut();
        if let Some(upstream) = upstreams.get(&target.id).filter(|upstream| upstream.is_of(target)) {
            return upstream.clone();
        }
        let upstream = Rc::new(Upstream::new(target, &self.host, &self.counters));
        upstreams.insert(target.id.clone(), upstream.clone());
        upstream
    }

    /// Whether tools were given out that are older than they should be.
    pub fn is_due(&self) -> bool {
        self.upstreams.borrow().values().any(|upstream| upstream.is_due())
    }

    /// Fetches newer tools where older ones were given out, from all servers at the same time. To be run once an answer
    /// has gone out.
    pub async fn refresh_due(&self) {
        let due: Vec<_> = self.upstreams.borrow().values().filter(|upstream| upstream.is_due()).cloned().collect();
        join_all(due.iter().map(|upstream| upstream.refresh_due())).await;
    }

    /// Whether there are requests that nobody waits for any more, and whose servers do not know.
    pub fn has_cancelled(&self) -> bool {
        self.upstreams.borrow().values().any(|upstream| upstream.has_cancelled())
    }

    /// Tells the servers of such requests. To be run once an answer has gone out, whoever it was for: those who have
    /// left cannot.
    pub async fn tell_cancelled(&self) {
        let upstreams: Vec<_> =
            self.upstreams.borrow().values().filter(|upstream| upstream.has_cancelled()).cloned().collect();
        join_all(upstreams.iter().map(|upstream| upstream.tell_cancelled())).await;
    }

    /// The upstream of an alias, if this instance has used it.
    pub(crate) fn known_upstream(&self, alias: &str) -> Option<Rc<Upstream<H>>> {
        self.upstreams.borrow().get(alias).cloned()
    }

    /// The servers as they are now. What did not change is not read anew.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Failure> {
        let (variables, index) = join(self.read_variables(), self.host.get(index::KEY)).await;
        let variables = variables?;
        let index = self.read_index(index.map_err(|error| store_failure(&error))?)?;
        let snapshot = Snapshot {
            declared: variables.declared.clone(),
            index,
            vault: variables.vault.clone(),
            agent_registration: variables.agent_registration,
        };
        self.upstreams.borrow_mut().retain(|id, _| snapshot.server(id).is_some());
        Ok(snapshot)
    }

    async fn read_variables(&self) -> Result<Rc<Variables>, Failure> {
        let (servers, secrets, private, encryption_key, agents) = join5(
            self.variable("servers"),
            self.variable("secrets"),
            self.variable("private_upstreams"),
            self.variable("encryption_key"),
            self.variable("agent_registration"),
        )
        .await;
        let texts = [servers?, secrets?, private?, encryption_key?, agents?];
        if let Some(known) = &*self.variables.borrow()
            && known.texts == texts
        {
            return Ok(known.clone());
        }
        let declared = Configuration::read(&texts[0], &texts[1], &texts[2]).map_err(variable_failure)?;
        let agent_registration = is_allowed("agent_registration", &texts[4]).map_err(variable_failure)?;
        let known_vault =
            self.variables.borrow().as_ref().filter(|known| known.texts[3] == texts[3]).map(|v| v.vault.clone());
        // The same one for the same keys: what was made with it stays good.
        let vault = known_vault.unwrap_or_else(|| Rc::new(Vault::read(&texts[3])));
        let read = Rc::new(Variables { texts, declared: Rc::new(declared), vault, agent_registration });
        self.connections.borrow_mut().clear();
        self.variables.replace(Some(read.clone()));
        Ok(read)
    }

    /// Whether the variables are still those that a snapshot was made from.
    pub(crate) fn is_current(&self, snapshot: &Snapshot) -> bool {
        self.variables.borrow().as_ref().is_some_and(|known| Rc::ptr_eq(&known.declared, &snapshot.declared))
    }

    fn read_index(&self, bytes: Option<Vec<u8>>) -> Result<Rc<Index>, Failure> {
        let Some(bytes) = bytes else { return Ok(Rc::default()) };
        if let Some((known, index)) = &*self.index.borrow()
            && *known == bytes
        {
            return Ok(index.clone());
        }
        let index: Index = document::read(index::KEY, &bytes).map_err(|error| store_failure(&error))?;
        let index = Rc::new(index);
        self.connections.borrow_mut().retain(|alias, _| index.servers.contains_key(alias));
        self.index.replace(Some((bytes, index.clone())));
        Ok(index)
    }

    pub(crate) async fn variable(&self, name: &'static str) -> Result<String, Failure> {
        let value = self.host.variable(name).await;
        value
            .map(Option::unwrap_or_default)
            .map_err(|reason| variable_failure(VariableError::Unreadable { name, reason }))
    }
}

fn variable_failure(error: VariableError) -> Failure {
    Failure::new(FailureKind::Configuration, format!("{error}."))
}
