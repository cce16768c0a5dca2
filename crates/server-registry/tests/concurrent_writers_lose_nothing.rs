//! Several instances change servers and keys at the same time, over stores whose swaps are as Spin's are: what was
//! acknowledged is there, once, and nothing is half there.

mod simulation;

use bytes::Bytes;
use futures::future::join_all;
use http::{Request, Response, StatusCode};
use proptest::prelude::*;
use serde_json::{Value, json};
use server_registry::{CallContext, FailureKind, Purpose, Registry, Visitor};
use simulation::{SimulatedHost, Swaps};
use std::{collections::BTreeMap, rc::Rc};

const WRITERS: usize = 5;
const OPERATIONS: usize = 8;

/// Where counters begin: the shortest timeout of a server, and a rate limit.
const FIRST: u64 = 100;

/// One instance, and what its client knows.
struct Writer {
    host: SimulatedHost,
    registry: Rc<Registry<SimulatedHost>>,
    name: String,
    /// What may be there of each of its own servers: descriptions, and `None` for no server.
    servers: BTreeMap<String, Vec<Option<String>>>,
    /// The same of its own keys: names.
    keys: BTreeMap<String, Vec<Option<String>>>,
    /// Its header of the shared server.
    header: bool,
    counted: Counted,
    /// Calls of tools.
    calls: u64,
}

/// How often a shared counter was raised.
#[derive(Clone, Copy, Default)]
struct Counted {
    server: u64,
    key: u64,
    /// Answers that say that nobody knows.
    perhaps: u64,
}

struct Answered {
    status: StatusCode,
    etag: String,
    body: Value,
}

impl Writer {
    fn new(host: &SimulatedHost, number: usize) -> Self {
        Self {
            host: host.clone(),
            registry: Rc::new(Registry::new(host.clone())),
            name: format!("w{number}"),
            servers: BTreeMap::new(),
            keys: BTreeMap::new(),
            header: false,
            counted: Counted::default(),
            calls: 0,
        }
    }

    async fn ask(&self, method: &str, path: &str, if_match: Option<&str>, body: &Value) -> Answered {
        let visitor = Visitor { key: None, is_local: true };
        let Ok(access) = self.registry.sign_in(visitor, Purpose::CodeMode).await else {
            return Answered { status: StatusCode::SERVICE_UNAVAILABLE, etag: String::new(), body: Value::Null };
        };
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if !body.is_null() {
            request = request.header("content-type", "application/json");
        }
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        Answered::of(access.administer(request.body(body).expect("a request")).await)
    }

    /// Does something by chance.
    async fn act(&mut self, shared_key: &str) {
        match self.host.below(9) {
            0..=2 => self.write_own_server().await,
            3 => self.delete_own_server().await,
            4 => self.write_own_key().await,
            5 => self.raise("/servers/shared", "timeoutMs", |counted| &mut counted.server).await,
            6 => self.call().await,
            7 => self.raise(&format!("/keys/{shared_key}"), "rateLimitPerMinute", |counted| &mut counted.key).await,
            _ => {
                let header = json!({"headers": {format!("x-{}", self.name): "1"}});
                let status = self.ask("PATCH", "/servers/shared", None, &header).await.status;
                self.header |= status == StatusCode::OK;
            }
        }
    }

    /// Calls a tool, which fails, since there are no servers; that is counted as well.
    async fn call(&mut self) {
        let visitor = Visitor { key: None, is_local: true };
        let Ok(access) = self.registry.sign_in(visitor, Purpose::CodeMode).await else { return };
        let called = access.call_tool("shared", "any", "{}", CallContext::default()).await;
        let kind = called.expect_err("there is nobody").kind;
        assert!(matches!(kind, FailureKind::Unreachable | FailureKind::Configuration), "{kind:?}");
        self.calls += 1;
        self.registry.keep_usage().await;
    }

    fn own_server(&self) -> (String, String) {
        let alias = format!("{}-{}", self.name, self.host.below(2));
        let path = format!("/servers/{alias}");
        (alias, path)
    }

    async fn write_own_server(&mut self) {
        let (alias, path) = self.own_server();
        let text = format!("{}", self.host.below(u64::MAX));
        let server = json!({"url": "https://there.example/mcp", "description": text});
        let method = if self.host.below(2) == 0 { "PUT" } else { "PATCH" };
        let status = self.ask(method, &path, None, &server).await.status;
        let known = self.servers.entry(alias).or_insert_with(|| vec![None]);
        match status {
            StatusCode::OK | StatusCode::CREATED => *known = vec![Some(text)],
            StatusCode::NOT_FOUND => known.retain(Option::is_none),
            StatusCode::SERVICE_UNAVAILABLE => known.push(Some(text)),
            other => panic!("{method} {path}: {other}"),
        }
        assert!(!known.is_empty(), "{method} {path}: it is gone");
    }

    async fn delete_own_server(&mut self) {
        let (alias, path) = self.own_server();
        let status = self.ask("DELETE", &path, None, &Value::Null).await.status;
        let known = self.servers.entry(alias).or_insert_with(|| vec![None]);
        match status {
            StatusCode::NO_CONTENT => *known = vec![None],
            StatusCode::NOT_FOUND => known.retain(Option::is_none),
            StatusCode::SERVICE_UNAVAILABLE => known.push(None),
            other => panic!("DELETE {path}: {other}"),
        }
        assert!(!known.is_empty(), "DELETE {path}: it is gone");
    }

    async fn write_own_key(&mut self) {
        let name = format!("{}", self.host.below(u64::MAX));
        let known = self.keys.keys().next().cloned();
        let Some(id) = known.filter(|_| self.host.below(3) > 0) else {
            let made = self.ask("POST", "/keys", None, &json!({"name": name})).await;
            if let Some(id) = made.body["id"].as_str() {
                self.keys.insert(id.to_string(), vec![Some(name)]);
            }
            return;
        };
        let (method, after, body) = match self.host.below(3) {
            0 => ("DELETE", None, Value::Null),
            _ => ("PATCH", Some(name.clone()), json!({"name": name})),
        };
        let status = self.ask(method, &format!("/keys/{id}"), None, &body).await.status;
        let known = self.keys.entry(id).or_default();
        match status {
            StatusCode::OK | StatusCode::NO_CONTENT => *known = vec![after],
            StatusCode::NOT_FOUND => known.retain(Option::is_none),
            StatusCode::SERVICE_UNAVAILABLE => known.push(after),
            other => panic!("{method} of a key: {other}"),
        }
        assert!(!known.is_empty(), "{method} of a key: it is gone");
    }

    /// Reads a number and writes the next one, if nobody else did meanwhile.
    async fn raise(&mut self, path: &str, member: &str, counter: impl Fn(&mut Counted) -> &mut u64) {
        let read = self.ask("GET", path, None, &Value::Null).await;
        if read.status == StatusCode::SERVICE_UNAVAILABLE {
            return;
        }
        assert_eq!(read.status, StatusCode::OK, "{path} is there all the time: {}", read.body);
        let next = read.body[member].as_u64().expect("a number") + 1;
        let written = self.ask("PATCH", path, Some(&read.etag), &json!({member: next})).await;
        match written.status {
            StatusCode::OK => *counter(&mut self.counted) += 1,
            StatusCode::PRECONDITION_FAILED => {}
            StatusCode::SERVICE_UNAVAILABLE => self.counted.perhaps += 1,
            other => panic!("PATCH {path}: {other} {}", written.body),
        }
    }

    async fn list(&self, kind: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.ask("GET", &format!("/{kind}?limit=3{cursor}"), None, &Value::Null).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            items.extend(page.body["items"].as_array().expect("items").iter().cloned());
            match page.body["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

impl Answered {
    fn of(response: Response<Vec<u8>>) -> Self {
        let etag = response.headers().get("etag").map(|tag| tag.to_str().expect("text").to_string());
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        Self { status: response.status(), etag: etag.unwrap_or_default(), body }
    }
}

/// Makes what all writers share; gives the id of the key.
async fn share(writer: &Writer) -> String {
    let server = json!({"url": "https://there.example/mcp", "timeoutMs": FIRST});
    let made = writer.ask("PUT", "/servers/shared", None, &server).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let key = writer.ask("POST", "/keys", None, &json!({"name": "shared", "rateLimitPerMinute": FIRST})).await;
    key.body["id"].as_str().expect("an id").to_string()
}

fn writers_lose_nothing(swaps: Swaps, failing_per_mille: u64, seed: u64) {
    // The first writers of all find an empty store, and make everything at the same time.
    let host = SimulatedHost::new(swaps, seed);
    let mut writers: Vec<Writer> = (0..WRITERS).map(|number| Writer::new(&host, number)).collect();
    host.run(join_all(writers.iter_mut().map(Writer::write_own_server)));
    let shared_key = host.run(share(&writers[0]));

    host.fail(failing_per_mille);
    host.run(join_all(writers.iter_mut().map(|writer| async {
        for _ in 0..OPERATIONS {
            writer.act(&shared_key).await;
        }
    })));
    host.fail(0);
    host.run(check(&host, &writers, &shared_key, failing_per_mille == 0));
}

async fn check(host: &SimulatedHost, writers: &[Writer], shared_key: &str, is_exact: bool) {
    let fresh = Writer::new(host, WRITERS);
    let (servers, keys) = (fresh.list("servers").await, fresh.list("keys").await);
    let found = |items: &[Value], member: &str, is: &str, wanted: &str| -> Option<String> {
        let item = items.iter().find(|item| item[member] == is)?;
        Some(item[wanted].as_str().expect("text").to_string())
    };
    for writer in writers {
        for (alias, known) in &writer.servers {
            let there = found(&servers, "alias", alias, "description");
            assert!(known.contains(&there), "{alias} is {there:?}, not one of {known:?}");
        }
        for (id, known) in &writer.keys {
            let there = found(&keys, "id", id, "name");
            assert!(known.contains(&there), "the key {id} is {there:?}, not one of {known:?}");
        }
    }

    let shared = fresh.ask("GET", "/servers/shared", None, &Value::Null).await.body;
    for writer in writers.iter().filter(|writer| writer.header) {
        assert!(shared["headers"].get(format!("x-{}", writer.name)).is_some(), "{}: {shared}", writer.name);
    }
    let key = fresh.ask("GET", &format!("/keys/{shared_key}"), None, &Value::Null).await.body;
    let perhaps: u64 = writers.iter().map(|writer| writer.counted.perhaps).sum();
    let sums = [
        writers.iter().map(|writer| writer.counted.server).sum::<u64>(),
        writers.iter().map(|writer| writer.counted.key).sum(),
    ];
    for (counter, sum) in [&shared["timeoutMs"], &key["rateLimitPerMinute"]].into_iter().zip(sums) {
        let counted = counter.as_u64().expect("a number") - FIRST;
        assert!((sum..=sum + perhaps).contains(&counted), "counted {counted}, acknowledged {sum}, unclear {perhaps}");
    }

    // Nothing is there but what the lists name, and nothing was counted twice.
    if is_exact {
        let usage = fresh.list("usage").await;
        let counted: u64 = usage.iter().map(|row| row["calls"].as_u64().expect("a number")).sum();
        let called = writers.iter().map(|writer| writer.calls).sum::<u64>();
        // Of two that begin a record of counters at the same time, such a store keeps one.
        let may_be_fewer = host.overwrites_nothing();
        assert!(counted == called || counted < called && may_be_fewer, "{called} calls: {usage:?}");
        assert_eq!(perhaps, 0);
        let stored = host.stored();
        let with = |prefix: &str| stored.iter().filter(|key| key.starts_with(prefix)).count();
        assert_eq!(with("server/"), servers.len(), "{stored:?}");
        assert_eq!(with("key/"), keys.len(), "{stored:?}");
    }
}

fn swaps() -> impl Strategy<Value = Swaps> {
    prop::sample::select(vec![Swaps::Reliable, Swaps::OverwriteNothing, Swaps::AllReportedLost, Swaps::AllReportedDone])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn over_stores_that_answer(swaps in swaps(), seed: u64) {
        writers_lose_nothing(swaps, 0, seed);
    }

    #[test]
    fn over_stores_that_break_off(swaps in swaps(), seed: u64) {
        writers_lose_nothing(swaps, 30, seed);
    }
}
