//! One server: its client, its tools, its connection, and what of them is kept.

use crate::{
    failure::Failure,
    host::Host,
    kept_token::Keeping,
    records::{self, KnownCatalog},
    target::Target,
    upstream_sign_in::SignedIn,
};
use bytes::Bytes;
use futures::future::join;
use http::{HeaderMap, Method, Response};
use mcp::{TraceContext, code};
use mcp_client::{
    CallOutcome, Catalog, Client, Connection, Error, Flight, Limits, Problem, Redaction, SharedMethod, Transport,
    TransportError,
};
use serde_json::{Map, Value};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

/// For how long a catalog counts where the server does not say.
const DEFAULT_TTL_MS: u64 = 300_000;
const SHORTEST_TTL_MS: u64 = 10_000;
const LONGEST_TTL_MS: u64 = 3_600_000;
/// For how long a catalog is given out beyond its time, while a newer one is fetched.
const GRACE_MS: u64 = 3_600_000;
/// For how long a catalog that could not be had is not asked for again.
const FAILURE_MEMORY_MS: u64 = 3_000;

/// A server and what is known of it in this instance.
pub(crate) struct Upstream<H> {
    target: Target,
    host: H,
    client: Client<SignedIn<H>, H>,
    catalog: RefCell<Option<Rc<KnownCatalog>>>,
    /// The server said, or it turned out, that its tools are others.
    stale: Cell<bool>,
    /// Older tools were given out.
    due: Cell<bool>,
    failure: RefCell<Option<(u64, Failure)>>,
    loading: Flight<Result<Rc<KnownCatalog>, Failure>>,
    restored: Cell<bool>,
    refreshed: Cell<u64>,
    restoring: Flight<()>,
    saved_connection: RefCell<Option<Rc<Connection>>>,
}

/// How a dry connection went.
pub(crate) struct DryRun {
    pub protocol_version: Option<&'static str>,
    /// How many there are.
    pub tools: Result<u64, Failure>,
}

impl<H: Host> Upstream<H> {
    /// A server to be used.
    pub fn new(target: &Target, host: &H) -> Self {
        Self::keeping(target, host, Keeping::Token)
    }

    /// A server to be tried, for [`Upstream::dry_run`].
    pub fn on_trial(target: &Target, host: &H) -> Self {
        Self::keeping(target, host, Keeping::Nothing)
    }

    fn keeping(target: &Target, host: &H, keeping: Keeping) -> Self {
        let seed = host.random();
        let server = target.server.clone();
        let transport = SignedIn::new(host, target, keeping);
        Self {
            target: target.clone(),
            host: host.clone(),
            client: Client::new(server, transport, host.clone(), target.deadlines, Limits::default(), seed),
            catalog: RefCell::default(),
            stale: Cell::default(),
            due: Cell::default(),
            failure: RefCell::default(),
            loading: Flight::default(),
            restored: Cell::default(),
            refreshed: Cell::default(),
            restoring: Flight::default(),
            saved_connection: RefCell::default(),
        }
    }

    /// Whether this is the server as it is configured now.
    pub fn is_of(&self, target: &Target) -> bool {
        self.target.is_like(target)
    }

    /// Its tools: known ones while they count and for a while longer, in which [`Upstream::refresh_due`] fetches newer
    /// ones; else fetched now. When that fails, older ones are better than none.
    pub async fn catalog(&self) -> Result<Rc<KnownCatalog>, Failure> {
        self.restore().await;
        if let Some(catalog) = self.fresh_catalog() {
            return Ok(catalog);
        }
        if let Some(catalog) = self.known_catalog().filter(|known| self.may_serve(known)) {
            self.due.set(true);
            return Ok(catalog);
        }
        let fetched = self.loading.join(&self.host, || self.refresh()).await;
        match (fetched, self.known_catalog()) {
            (Err(_), Some(older)) => Ok(older),
            (fetched, _) => fetched,
        }
    }

    /// Whether older tools were given out, so that newer ones should be fetched.
    pub fn is_due(&self) -> bool {
        self.due.get()
    }

    /// Fetches newer tools where older ones were given out. Should it fail, the older ones stay.
    pub async fn refresh_due(&self) {
        if self.due.replace(false) {
            // What went wrong is remembered, and told with the next list.
            let _outcome = self.loading.join(&self.host, || self.refresh()).await;
        }
    }

    /// Whether tools are not those that the server has now, as far as that is known.
    pub fn is_stale(&self, known: &KnownCatalog) -> bool {
        self.stale.get() || known.fresh_until_unix_ms < self.host.unix_ms()
    }

    /// Its tools, fetched now whatever is known.
    pub async fn fetch_catalog(&self) -> Result<Rc<KnownCatalog>, Failure> {
        self.restore().await;
        self.stale.set(true);
        self.failure.replace(None);
        self.loading.join(&self.host, || self.refresh()).await
    }

    /// Takes note of when somebody wanted its tools fetched anew: a list from before is old, and another instance may
    /// have left a newer one.
    pub fn note_refreshed(&self, at_unix_ms: u64) {
        let is_older = |known: &Rc<KnownCatalog>| known.fetched_unix_ms < at_unix_ms;
        if self.known_catalog().is_some_and(|known| is_older(&known)) && self.refreshed.replace(at_unix_ms) < at_unix_ms
        {
            self.catalog.replace(None);
            self.restored.set(false);
        }
    }

    /// Calls a tool.
    pub async fn call(&self, tool: &str, arguments: Map<String, Value>, trace: TraceContext) -> Result<Value, Error> {
        self.restore().await;
        let catalog = self.known_catalog();
        let known = catalog.iter().flat_map(|known| &known.catalog.tools).find(|entry| entry.name == tool);
        let outcome = self.client.call_tool(tool, arguments, known, trace).await;
        self.save_connection().await;
        if let Err(error) = &outcome
            && is_about_params(error)
            && self.known_catalog().is_some_and(|known| self.is_older_than_a_moment(&known))
        {
            // The tool may have other parameters by now, or be gone.
            self.stale.set(true);
        }
        let CallOutcome { result, tools_changed } = outcome?;
        if tools_changed {
            self.stale.set(true);
        }
        Ok(result)
    }

    /// A list that was just fetched is not fetched again for every wrong call.
    fn is_older_than_a_moment(&self, known: &KnownCatalog) -> bool {
        self.host.unix_ms().saturating_sub(known.fetched_unix_ms) >= SHORTEST_TTL_MS
    }

    /// Asks on behalf of somebody else, in the era of the server.
    pub async fn relay(&self, method: SharedMethod, params: Map<String, Value>) -> Result<Value, Error> {
        self.restore().await;
        let result = self.client.relay(method, params).await;
        self.save_connection().await;
        result
    }

    /// What is known of the server; it is asked where nothing is.
    pub async fn connection(&self) -> Result<Rc<Connection>, Error> {
        self.restore().await;
        let connection = self.client.connected().await;
        self.save_connection().await;
        connection
    }

    /// Whether it was seen to refuse `initialize`, being of the modern era only.
    pub async fn refuses_initialize(&self) -> bool {
        self.restore().await;
        self.client.connection().is_some_and(|connection| connection.refuses_initialize)
    }

    /// Remembers that it refuses `initialize`.
    pub async fn note_refused_initialize(&self) {
        if let Some(connection) = self.client.connection() {
            self.client.restore(Connection { refuses_initialize: true, ..(*connection).clone() });
            self.save_connection().await;
        }
    }

    /// Connects as if the server had never been seen, asks for its tools, and leaves nothing behind: no session, no
    /// record.
    pub async fn dry_run(&self) -> DryRun {
        let tools = self.client.list_tools().await.map(|catalog| catalog.tools.len() as u64).map_err(Failure::from);
        let protocol_version = self.client.connection().map(|connection| connection.version.as_str());
        self.client.end().await;
        DryRun { protocol_version, tools }
    }

    /// Ends the session with the server, where there is one.
    pub async fn end(&self) {
        self.restore().await;
        self.client.end().await;
    }

    /// Passes a request of somebody else on.
    pub async fn pass(
        &self,
        method: Method,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<<H as Transport>::Body>, Error> {
        self.client.pass(method, headers, body).await
    }

    /// Takes the server's credentials out of what it answers.
    pub fn redaction(&self) -> Redaction {
        self.target.server.secrets.redaction()
    }

    /// The error of a response whose body breaks off before anything of it was passed on.
    pub fn broke_off(&self, reason: TransportError) -> Error {
        self.client.broke_off(reason)
    }

    /// Ends when a call that began now would have taken too long.
    pub fn call_time(&self) -> impl Future<Output = ()> + use<H>
    where
        H: 'static,
    {
        let (host, limit) = (self.host.clone(), Duration::from_millis(self.target.deadlines.call_ms));
        async move { host.sleep(limit).await }
    }

    async fn refresh(&self) -> Result<Rc<KnownCatalog>, Failure> {
        if let Some(catalog) = self.fresh_catalog() {
            return Ok(catalog);
        }
        if let Some((until_ms, failure)) = &*self.failure.borrow()
            && self.host.monotonic_ms() < *until_ms
        {
            return Err(failure.clone());
        }
        // What the server announces from here on makes the list old again.
        self.stale.set(false);
        let listed = self.client.list_tools().await;
        self.save_connection().await;
        match listed {
            Ok(catalog) => {
                self.failure.replace(None);
                Ok(self.keep(catalog).await)
            }
            Err(error) => {
                self.stale.set(true);
                let failure = Failure::from(error);
                let until_ms = self.host.monotonic_ms() + FAILURE_MEMORY_MS;
                self.failure.replace(Some((until_ms, failure.clone())));
                Err(failure)
            }
        }
    }

    async fn keep(&self, catalog: Catalog) -> Rc<KnownCatalog> {
        let ttl_ms = catalog.ttl_ms.map_or(DEFAULT_TTL_MS, |ttl_ms| ttl_ms.clamp(SHORTEST_TTL_MS, LONGEST_TTL_MS));
        let known = Rc::new(KnownCatalog::new(catalog, self.host.unix_ms(), ttl_ms));
        self.catalog.replace(Some(known.clone()));
        if let Some(record) = records::write_catalog(&self.target.fingerprint, &known) {
            records::save(&self.host, &records::catalog_key(&self.target.server.alias), record).await;
        }
        known
    }

    fn known_catalog(&self) -> Option<Rc<KnownCatalog>> {
        self.catalog.borrow().clone()
    }

    fn fresh_catalog(&self) -> Option<Rc<KnownCatalog>> {
        let now_ms = self.host.unix_ms();
        // A clock that was set back must not make a record count for ever.
        let counts = |known: &Rc<KnownCatalog>| {
            (now_ms..=now_ms + LONGEST_TTL_MS).contains(&known.fresh_until_unix_ms) && !self.stale.get()
        };
        self.known_catalog().filter(counts)
    }

    /// Whether a list may be given out that is too old, but was not said to be wrong.
    fn may_serve(&self, known: &Rc<KnownCatalog>) -> bool {
        let until_ms = known.fresh_until_unix_ms + GRACE_MS;
        !self.stale.get() && (self.host.unix_ms()..=self.host.unix_ms() + LONGEST_TTL_MS + GRACE_MS).contains(&until_ms)
    }

    /// Takes up what an earlier instance left, once.
    async fn restore(&self) {
        if self.restored.get() {
            return;
        }
        self.restoring
            .join(&self.host, || async {
                if self.restored.get() {
                    return;
                }
                let (catalog_key, connection_key) = (
                    records::catalog_key(&self.target.server.alias),
                    records::connection_key(&self.target.server.alias),
                );
                let (catalog, connection) =
                    join(records::load(&self.host, &catalog_key), records::load(&self.host, &connection_key)).await;
                if let Some(known) = catalog.and_then(|record| records::read_catalog(&self.target.fingerprint, &record))
                {
                    self.catalog.replace(Some(Rc::new(known)));
                }
                let connection =
                    connection.and_then(|record| records::read_connection(&self.target.fingerprint, &record));
                if let Some(connection) = connection {
                    self.client.restore(connection);
                    self.saved_connection.replace(self.client.connection());
                }
                self.restored.set(true);
            })
            .await;
    }

    /// Leaves a new connection for other instances.
    async fn save_connection(&self) {
        let Some(connection) = self.client.connection() else { return };
        let saved = self.saved_connection.replace(Some(connection.clone()));
        if saved.is_some_and(|saved| *saved == *connection) {
            return;
        }
        if let Some(record) = records::write_connection(&self.target.fingerprint, &connection) {
            records::save(&self.host, &records::connection_key(&self.target.server.alias), record).await;
        }
    }
}

/// Whether a server refused a call for its parameters, or because it has no such tool.
fn is_about_params(error: &Error) -> bool {
    matches!(&*error.problem, Problem::Rpc { error, .. } if error.code == code::INVALID_PARAMS)
}
