//! One server: its client, its tools, its connection, and what of them is kept.

mod changes;
mod failing;
mod initialize_refusal;
mod kept_connection;
mod tools;

use crate::{
    failure::Failure,
    happened::Counters,
    host::Host,
    kept_token::Keeping,
    once::Once,
    records::{self, KnownCatalog},
    target::Target,
    upstream_sign_in::SignedIn,
};
use bytes::Bytes;
use changes::Changes;
pub(crate) use failing::Failing;
use futures::future::join;
use http::{HeaderMap, Method, Response};
use kept_connection::KeptConnection;
use mcp::code;
use mcp_client::{Client, Connection, Error, Flight, Limits, Problem, SharedMethod, Transport, TransportError};
use redaction::{Redaction, Redactor};
use serde_json::{Map, Value};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

/// A server and what is known of it in this instance.
pub(crate) struct Upstream<H> {
    target: Target,
    host: H,
    client: Client<SignedIn<H>, H>,
    catalog: RefCell<Option<Rc<KnownCatalog>>>,
    changes: Changes,
    /// Older tools were given out.
    due: Cell<bool>,
    failing: RefCell<Option<Rc<Failing>>>,
    /// Whether other instances are told of a failure.
    failure_is_kept: Cell<bool>,
    loading: Flight<Result<Rc<KnownCatalog>, Failure>>,
    restored: Once,
    looking: Flight<()>,
    kept_connection: Rc<KeptConnection<H>>,
    /// Where it is noted how the server does; `None` while it is only tried.
    counters: Option<Rc<Counters>>,
}

/// How a dry connection went.
pub(crate) struct DryRun {
    pub protocol_version: Option<&'static str>,
    /// How many there are.
    pub tools: Result<u64, Failure>,
}

impl<H: Host> Upstream<H> {
    /// A server to be used. How it does is noted in `counters`.
    pub fn new(target: &Target, host: &H, counters: &Rc<Counters>) -> Self {
        Self::keeping(target, host, Keeping::Token, Some(counters.clone()))
    }

    /// A server to be tried, for [`Upstream::dry_run`].
    pub fn on_trial(target: &Target, host: &H) -> Self {
        Self::keeping(target, host, Keeping::Nothing, None)
    }

    fn keeping(target: &Target, host: &H, keeping: Keeping, counters: Option<Rc<Counters>>) -> Self {
        let seed = host.random();
        let server = target.server.clone();
        let transport = SignedIn::new(host, target, keeping);
        let client = Client::new(server, transport, host.clone(), target.deadlines, Limits::default(), seed);
        let kept_connection = Rc::new(KeptConnection::new(host, &target.id, &target.fingerprint));
        let client = match keeping {
            Keeping::Token => client.sharing(kept_connection.clone()),
            Keeping::Nothing => client,
        };
        Self {
            target: target.clone(),
            host: host.clone(),
            client,
            catalog: RefCell::default(),
            changes: Changes::default(),
            due: Cell::default(),
            failing: RefCell::default(),
            failure_is_kept: Cell::default(),
            loading: Flight::default(),
            restored: Once::default(),
            looking: Flight::default(),
            kept_connection,
            counters,
        }
    }

    /// Whether this is the server as it is configured now.
    pub fn is_of(&self, target: &Target) -> bool {
        self.target.is_like(target)
    }

    /// Calls a tool, with these members in `_meta`.
    pub async fn call(
        &self,
        tool: &str,
        arguments: Map<String, Value>,
        meta: impl Into<Map<String, Value>>,
    ) -> Result<Value, Error> {
        self.restore().await;
        let catalog = self.known_catalog();
        let known = catalog.iter().flat_map(|known| &known.catalog.tools).find(|entry| entry.name == tool);
        let outcome = self.client.call_tool(tool, arguments, known, meta).await;
        if let Err(error) = &outcome
            && is_about_params(error)
            && self.known_catalog().is_some_and(|known| self.is_older_than_a_moment(&known))
        {
            // The tool may have other parameters by now, or be gone.
            self.client.note_tools_changed();
        }
        if outcome.is_ok() {
            self.note_recovery().await;
        }
        self.save_connection().await;
        outcome
    }

    /// Asks on behalf of somebody else, in the era of the server.
    pub async fn relay(&self, method: SharedMethod, params: Map<String, Value>) -> Result<Value, Error> {
        self.restore().await;
        let result = self.client.relay(method, params).await;
        self.save_connection().await;
        result
    }

    /// Whether the server is to be told of requests that nobody waits for any more.
    pub fn has_cancelled(&self) -> bool {
        self.client.has_cancelled()
    }

    /// Tells it.
    pub async fn tell_cancelled(&self) {
        self.client.tell_cancelled().await;
    }

    /// What is known of the server; it is asked where nothing is.
    pub async fn connection(&self) -> Result<Rc<Connection>, Error> {
        self.restore().await;
        let connection = self.client.connected().await;
        self.save_connection().await;
        connection
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

    /// Takes the server's credentials out of the body of an answer.
    pub fn redaction(&self) -> Redaction {
        self.redactor().redaction()
    }

    /// Takes them out of anything else.
    pub fn redactor(&self) -> &Redactor {
        &self.target.server.redactor
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

    /// Takes up what an earlier instance left, once.
    async fn restore(&self) {
        self.restored
            .run(&self.host, || async {
                let catalog_key = records::catalog_key(&self.target.id);
                let (catalog, connection) =
                    join(records::load(&self.host, &catalog_key), self.kept_connection.load()).await;
                if let Some(known) = catalog.and_then(|record| records::read_catalog(&self.target.fingerprint, &record))
                {
                    self.catalog.replace(Some(Rc::new(known)));
                }
                if let Some(connection) = connection {
                    self.client.restore(connection);
                }
            })
            .await;
    }

    /// Leaves a new connection for other instances.
    async fn save_connection(&self) {
        self.kept_connection.save(|| self.client.connection()).await;
    }
}

/// Whether a server refused a call for its parameters, or because it has no such tool.
fn is_about_params(error: &Error) -> bool {
    matches!(&*error.problem, Problem::Rpc { error, .. } if error.code == code::INVALID_PARAMS)
}
