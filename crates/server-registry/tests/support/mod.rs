//! A host in memory: variables, a key-value store, and upstreams by host name.

#![allow(dead_code)] // Each test uses a part of it.

pub mod limited;

use bytes::Bytes;
use mcp_client::{Clock, Transport, TransportError};
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, run, servers};
use serde_json::{Value, json};
use server_registry::{
    Access, CallContext, CatalogAnswer, Change, CurrentCatalog, Failure, Host, NotSignedIn, Purpose, Registry,
    ServerSummary, Store, StoreError, Swap, Visitor, Wanted,
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    rc::Rc,
    time::Duration,
};

#[derive(Clone)]
pub struct MemoryHost {
    pub clock: VirtualClock,
    upstreams: Rc<RefCell<BTreeMap<String, Upstream>>>,
    variables: Rc<RefCell<BTreeMap<String, String>>>,
    pub store: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
    /// Every key of the store that was asked for, and that was written to.
    pub reads: Rc<RefCell<Vec<String>>>,
    pub writes: Rc<RefCell<Vec<String>>>,
    /// The beginning of the keys that the store fails with.
    broken: Rc<RefCell<Option<String>>>,
    /// Lines for the operator.
    pub printed: Rc<RefCell<Vec<String>>>,
    /// Lines about a store that fails.
    pub warned: Rc<RefCell<Vec<String>>>,
    chance: Rc<Cell<u64>>,
    /// How long each write to the store takes, in milliseconds.
    pub writing_ms: Rc<Cell<u64>>,
    /// How far the clock on the wall is ahead, in milliseconds.
    ahead_ms: i64,
}

/// Host names of one part are private ones, so these are allowed.
impl Default for MemoryHost {
    fn default() -> Self {
        let host = Self {
            clock: VirtualClock::default(),
            upstreams: Rc::default(),
            variables: Rc::default(),
            store: Rc::default(),
            reads: Rc::default(),
            writes: Rc::default(),
            broken: Rc::default(),
            printed: Rc::default(),
            warned: Rc::default(),
            chance: Rc::default(),
            writing_ms: Rc::default(),
            ahead_ms: 0,
        };
        host.set_text("private_upstreams", "allow");
        host
    }
}

impl MemoryHost {
    /// The same on another machine, whose clock on the wall is ahead by so much.
    pub fn elsewhere(&self, ahead_ms: i64) -> Self {
        Self { ahead_ms, ..self.clone() }
    }

    /// Sets a variable to a JSON value.
    pub fn set(&self, name: &str, value: &Value) {
        self.set_text(name, &value.to_string());
    }

    /// Sets a variable.
    pub fn set_text(&self, name: &str, value: &str) {
        self.variables.borrow_mut().insert(name.to_string(), value.to_string());
    }

    /// Puts a server behind a host name.
    pub fn serve(&self, name: &str, script: impl FnMut(&Received) -> Answer + 'static) -> Upstream {
        let upstream = Upstream::new(&self.clock, script);
        self.upstreams.borrow_mut().insert(name.to_string(), upstream.clone());
        upstream
    }

    /// Configures servers whose alias is their host name.
    pub fn configure(&self, aliases: &[&str]) {
        let entry = |alias: &&str| ((*alias).to_string(), json!({"url": format!("https://{alias}/mcp")}));
        self.set("servers", &json!({"mcpServers": aliases.iter().map(entry).collect::<serde_json::Map<_, _>>()}));
    }

    /// A registry of a fresh instance.
    pub fn registry(&self) -> Rc<Registry<Self>> {
        Rc::new(Registry::new(self.clone()))
    }

    /// Has the store fail with all keys that begin like this.
    pub fn break_store(&self, prefix: &str) {
        self.broken.replace(Some(prefix.to_string()));
    }

    /// Has the store work again.
    pub fn mend_store(&self) {
        self.broken.replace(None);
    }

    fn reach(&self, key: &str) -> Result<(), StoreError> {
        match &*self.broken.borrow() {
            Some(prefix) if key.starts_with(prefix.as_str()) => Err(StoreError("it is broken".to_string())),
            _ => Ok(()),
        }
    }

    fn write(&self, key: &str, value: Vec<u8>) {
        self.writes.borrow_mut().push(key.to_string());
        self.store.borrow_mut().insert(key.to_string(), value);
    }

    /// Whoever comes with a key from somewhere, or with none from this machine.
    pub fn sign_in(
        &self,
        registry: &Rc<Registry<Self>>,
        key: Option<&str>,
        purpose: Purpose,
    ) -> Result<Access<Self>, NotSignedIn> {
        self.run(registry.sign_in(Visitor { key, is_local: key.is_none() }, purpose))
    }

    /// What a caller may do.
    pub fn open(&self, registry: &Rc<Registry<Self>>) -> Result<Access<Self>, Failure> {
        self.sign_in(registry, None, Purpose::CodeMode).map_err(|refused| match refused {
            NotSignedIn::Failed(failure) => failure,
            refused => panic!("{refused:?}"),
        })
    }

    /// The servers.
    pub fn list(&self, registry: &Rc<Registry<Self>>) -> Result<Vec<ServerSummary>, Failure> {
        Ok(self.open(registry)?.list())
    }

    /// Calls a tool.
    pub fn call(
        &self,
        registry: &Rc<Registry<Self>>,
        alias: &str,
        tool: &str,
        arguments: &str,
    ) -> Result<String, Failure> {
        self.run(self.open(registry)?.call_tool(alias, tool, arguments, CallContext::default()))
    }

    /// Runs what a registry does.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        run(&self.clock, future)
    }

    /// The tool names of each server, or why there are none.
    pub fn catalogs(&self, registry: &Rc<Registry<Self>>, aliases: &[&str]) -> Vec<Result<Vec<String>, Failure>> {
        let wanted = |alias: &&str| Wanted { alias: (*alias).to_string(), known_revisions: Vec::new() };
        let wanted = aliases.iter().map(wanted).collect();
        let answers = match self.open(registry) {
            Ok(access) => self.run(access.load_catalogs(wanted)),
            Err(failure) => return vec![Err(failure)],
        };
        let names = |answer: CatalogAnswer| {
            let CurrentCatalog::Other(known) = answer.catalog? else { panic!("no revision was named") };
            Ok(known.catalog.tools.iter().map(|tool| tool.name.clone()).collect())
        };
        answers.into_iter().map(names).collect()
    }
}

impl Transport for MemoryHost {
    type Body = <Upstream as Transport>::Body;

    async fn send(
        &self,
        request: http::Request<Bytes>,
        connect_timeout: Duration,
    ) -> Result<http::Response<Self::Body>, TransportError> {
        let upstream = self.upstreams.borrow().get(request.uri().host().unwrap_or_default()).cloned();
        match upstream {
            Some(upstream) => upstream.send(request, connect_timeout).await,
            None => Err(TransportError::Refused),
        }
    }
}

impl Clock for MemoryHost {
    fn monotonic_ms(&self) -> u64 {
        self.clock.monotonic_ms()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.clock.sleep(duration)
    }
}

impl Host for MemoryHost {
    fn unix_ms(&self) -> u64 {
        (1_800_000_000_000 + self.clock.monotonic_ms()).saturating_add_signed(self.ahead_ms)
    }

    fn random(&self) -> u64 {
        self.chance.set(self.chance.get() + 1);
        self.chance.get().wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    async fn variable(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self.variables.borrow().get(name).cloned())
    }

    fn print(&self, line: &str) {
        self.printed.borrow_mut().push(line.to_string());
    }

    fn warn(&self, line: &str) {
        assert!(self.broken.borrow().is_some(), "{line}");
        self.warned.borrow_mut().push(line.to_string());
    }
}

impl Store for MemoryHost {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.reads.borrow_mut().push(key.to_string());
        self.reach(key)?;
        Ok(self.store.borrow().get(key).cloned())
    }

    async fn set(&self, key: &str, value: Vec<u8>) -> Result<(), StoreError> {
        self.clock.sleep(Duration::from_millis(self.writing_ms.get())).await;
        self.reach(key)?;
        self.write(key, value);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.reach(key)?;
        self.store.borrow_mut().remove(key);
        Ok(())
    }

    async fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.reach("")?;
        Ok(self.store.borrow().keys().cloned().collect())
    }

    async fn swap(&self, key: &str, change: &mut Change<'_>) -> Result<Swap, StoreError> {
        self.reach(key)?;
        let stored = self.store.borrow().get(key).cloned();
        let Some(value) = change(stored.as_deref()) else { return Ok(Swap::Left) };
        self.write(key, value);
        Ok(Swap::Done)
    }

    async fn increment(&self, key: &str, by: u32) -> Result<i64, StoreError> {
        self.reach(key)?;
        let stored = self.store.borrow().get(key).cloned().unwrap_or_default();
        let sum = String::from_utf8(stored).ok().and_then(|text| text.parse::<i64>().ok()).unwrap_or_default()
            + i64::from(by);
        self.write(key, sum.to_string().into_bytes());
        Ok(sum)
    }
}

/// A legacy server with these tools; each call gives the tool's name.
pub fn legacy(names: &'static [&'static str]) -> impl FnMut(&Received) -> Answer + 'static {
    move |received| match received.method() {
        "tools/list" => servers::tools(received, names),
        "tools/call" => Answer::json(200, &received.result(servers::text_result(received.tool()))),
        _ => servers::legacy(received).expect("a part of the handshake"),
    }
}

/// A request to the admin API, and its answer: status and JSON.
pub fn administer(
    host: &MemoryHost,
    access: &Access<MemoryHost>,
    method: http::Method,
    path: &str,
    body: &Value,
) -> (http::StatusCode, Value) {
    let response = administer_with(host, access, method, path, &[], body);
    (response.status(), serde_json::from_slice(response.body()).unwrap_or_default())
}

/// The same with headers, and the whole answer.
pub fn administer_with(
    host: &MemoryHost,
    access: &Access<MemoryHost>,
    method: http::Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> http::Response<Vec<u8>> {
    let mut request = http::Request::builder().uri(path);
    if !body.is_null() {
        let is_patch = method == http::Method::PATCH;
        request =
            request.header("content-type", if is_patch { "application/merge-patch+json" } else { "application/json" });
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.method(method);
    let bytes = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    host.run(access.administer(request.body(bytes).expect("a request")))
}

/// Registers `s0`, `s1` and so on, all at `https://x/<alias>`: the first through the API, and the others as if.
pub fn register_many(host: &MemoryHost, count: usize) {
    let access = host.open(&host.registry()).expect("a configuration");
    let (status, answer) =
        administer(host, &access, http::Method::PUT, "/api/v1/servers/s0", &json!({"url": "https://x/s0"}));
    assert_eq!(status, http::StatusCode::CREATED, "{answer}");
    let mut store = host.store.borrow_mut();
    let mut index: Value = serde_json::from_slice(&store["servers"]).expect("JSON");
    let first = index["contents"]["servers"]["s0"].clone();
    let body = first["body"].as_str().expect("a text").to_string();
    let record = String::from_utf8(store[&format!("server/s0/{body}")].clone()).expect("JSON");
    for number in 1..count {
        let alias = format!("s{number}");
        store.insert(format!("server/{alias}/{body}"), record.replace("/s0", &format!("/{alias}")).into_bytes());
        index["contents"]["servers"][&alias] = first.clone();
    }
    store.insert("servers".to_string(), index.to_string().into_bytes());
}
