mod support;

use http::Method;
use mcp_client::Clock;
use scripted_upstream::{Answer, Received, Upstream, servers};
use serde_json::{Value, json};
use server_registry::{FailureKind, Registry};
use std::{cell::Cell, rc::Rc};
use support::{MemoryHost, administer, legacy};

/// How long the handshake with a server takes that accepts connections and never answers.
const LOST_MS: u64 = 10_000;

/// A gateway with a server `x` that hangs, until it does not.
struct Gateway {
    host: MemoryHost,
    server: Upstream,
    hangs: Rc<Cell<bool>>,
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        let hangs = Rc::new(Cell::new(true));
        let mut answer = legacy(&["a"]);
        let now = hangs.clone();
        let server =
            host.serve("x", move |received: &Received| if now.get() { Answer::hangs() } else { answer(received) });
        host.configure(&["x"]);
        Self { host, server, hangs }
    }

    /// What somebody gets who asks now, and how long that takes; what is left to be done after the answer is done, too.
    fn ask(&self, registry: &Rc<Registry<MemoryHost>>) -> (Result<Vec<String>, FailureKind>, u64) {
        let began_ms = self.host.clock.monotonic_ms();
        let tools = self.host.catalogs(registry, &["x"]).remove(0).map_err(|failure| failure.kind);
        let took_ms = self.host.clock.monotonic_ms() - began_ms;
        self.host.run(registry.refresh_due());
        (tools, took_ms)
    }

    fn writes(&self) -> usize {
        self.host.writes.borrow().iter().filter(|key| *key == "failure/x").count()
    }
}

const WAITED: (Result<Vec<String>, FailureKind>, u64) = (Err(FailureKind::TimedOut), LOST_MS);
const AT_ONCE: (Result<Vec<String>, FailureKind>, u64) = (Err(FailureKind::TimedOut), 0);

fn tools() -> (Result<Vec<String>, FailureKind>, u64) {
    (Ok(vec!["a".to_string()]), 0)
}

#[test]
fn servers_are_asked_at_the_same_time() {
    let host = MemoryHost::default();
    let aliases = ["a", "b", "c", "d"];
    for alias in aliases {
        host.serve(alias, |received| {
            let answer = servers::modern(received).unwrap_or_else(|| servers::tools(received, &["t"]));
            answer.after(100)
        });
    }
    host.configure(&aliases);
    let catalogs = host.catalogs(&host.registry(), &aliases);
    assert!(catalogs.iter().all(Result::is_ok), "{catalogs:?}");
    assert_eq!(host.clock.monotonic_ms(), 200);
}

#[test]
fn and_each_has_its_own_deadline() {
    let host = MemoryHost::default();
    host.serve("good", legacy(&["a"]));
    let dead = host.serve("dead", |_| Answer::hangs());
    host.configure(&["good", "dead", "gone"]);
    let registry = host.registry();
    let kinds = |host: &MemoryHost| -> Vec<Option<FailureKind>> {
        let catalogs = host.catalogs(&registry, &["good", "dead", "gone"]);
        catalogs.into_iter().map(|catalog| catalog.err().map(|failure| failure.kind)).collect()
    };
    let expected = [None, Some(FailureKind::TimedOut), Some(FailureKind::Unreachable)];
    assert_eq!(kinds(&host), expected);
    assert_eq!(host.clock.monotonic_ms(), 10_000);

    // The failure is remembered.
    assert_eq!(kinds(&host), expected);
    assert_eq!(host.clock.monotonic_ms(), 10_000);
    assert_eq!(dead.methods().len(), 1);
}

#[test]
fn a_server_that_comes_back_is_found() {
    let host = MemoryHost::default();
    host.configure(&["x"]);
    let registry = host.registry();
    host.catalogs(&registry, &["x"])[0].as_ref().expect_err("nobody listens");
    host.serve("x", legacy(&["a"]));
    host.clock.advance(3_000);
    assert_eq!(host.catalogs(&registry, &["x"]), [Ok(vec!["a".to_string()])]);
}

#[test]
fn one_that_was_never_seen_before_is_waited_for_once() {
    let gateway = Gateway::new();
    let registry = gateway.host.registry();
    assert_eq!(gateway.ask(&registry), WAITED);
    for _ in 0..600 {
        assert_eq!(gateway.ask(&registry), AT_ONCE);
        gateway.host.clock.advance(1_000);
    }
    let attempts = gateway.server.methods().len();
    assert!((8..=14).contains(&attempts), "it is asked again, ever more seldom: {attempts}");
    assert_eq!(gateway.writes(), attempts, "one for each");
}

#[test]
fn not_even_by_another_instance() {
    let gateway = Gateway::new();
    assert_eq!(gateway.ask(&gateway.host.registry()), WAITED);
    for _ in 0..100 {
        assert_eq!(gateway.ask(&gateway.host.registry()), AT_ONCE);
        gateway.host.clock.advance(1_000);
    }
}

#[test]
fn once_it_answers_it_is_found_behind_an_answer() {
    let gateway = Gateway::new();
    let (one, other) = (gateway.host.registry(), gateway.host.registry());
    assert_eq!(gateway.ask(&one), WAITED);
    assert_eq!(gateway.ask(&other), AT_ONCE);
    gateway.hangs.set(false);
    assert_eq!(gateway.ask(&one), AT_ONCE);
    assert_eq!(gateway.ask(&one), AT_ONCE, "it is left alone");
    gateway.host.clock.advance(LOST_MS);
    assert_eq!(gateway.ask(&one), AT_ONCE);
    assert_eq!(gateway.ask(&one), tools());
    assert_eq!(gateway.ask(&gateway.host.registry()), tools());
    assert!(!gateway.host.store.borrow().contains_key("failure/x"));
    gateway.host.clock.advance(LOST_MS);
    assert_eq!(gateway.ask(&other), AT_ONCE);
    assert_eq!(gateway.ask(&other), tools());
}

#[test]
fn calls_and_refreshes_do_not_wait_for_that() {
    let gateway = Gateway::new();
    let registry = gateway.host.registry();
    assert_eq!(gateway.ask(&registry), WAITED);
    gateway.hangs.set(false);
    let access = gateway.host.open(&registry).expect("a configuration");
    let (_, report) = administer(&gateway.host, &access, Method::POST, "/api/v1/servers/x/refresh", &Value::Null);
    assert_eq!(report["ok"], true, "{report}");
    assert_eq!(gateway.ask(&registry), tools());

    let gateway = Gateway::new();
    let registry = gateway.host.registry();
    assert_eq!(gateway.ask(&registry), WAITED);
    gateway.hangs.set(false);
    gateway.host.clock.advance(3_000);
    gateway.host.call(&registry, "x", "a", "{}").expect("it is back");
    assert_eq!(gateway.ask(&registry), tools(), "which the call has shown");
}

#[test]
fn nor_do_other_instances_after_a_refresh() {
    let gateway = Gateway::new();
    let (one, other) = (gateway.host.registry(), gateway.host.registry());
    assert_eq!(gateway.ask(&other), WAITED);
    assert_eq!(gateway.ask(&one), AT_ONCE);
    gateway.hangs.set(false);
    let access = gateway.host.open(&one).expect("a configuration");
    let (_, report) = administer(&gateway.host, &access, Method::POST, "/api/v1/servers/x/refresh", &Value::Null);
    assert_eq!(report["ok"], true, "{report}");
    assert_eq!(gateway.ask(&other), tools());
    gateway.host.call(&other, "x", "a", "{}").expect("it is back");
}

#[test]
fn nor_does_another_configuration() {
    let gateway = Gateway::new();
    let registry = gateway.host.registry();
    assert_eq!(gateway.ask(&registry), WAITED);
    gateway.hangs.set(false);
    gateway.host.set("servers", &json!({"mcpServers": {"x": {"url": "https://x/other"}}}));
    assert_eq!(gateway.ask(&registry), tools());
}

#[test]
fn one_whose_tools_are_known_is_never_waited_for() {
    let host = MemoryHost::default();
    let hangs = Rc::new(Cell::new(false));
    let now = hangs.clone();
    let server = host.serve("x", move |received: &Received| match received.method() {
        _ if now.get() => Answer::hangs(),
        "tools/list" => {
            let tools = [json!({"name": "a", "inputSchema": {"type": "object"}})];
            Answer::json(200, &received.result(json!({"tools": tools, "ttlMs": 10_000})))
        }
        _ => servers::modern(received).expect("a part of the handshake"),
    });
    host.configure(&["x"]);
    let gateway = Gateway { host, server, hangs };
    let registry = gateway.host.registry();
    assert_eq!(gateway.ask(&registry), tools());
    gateway.hangs.set(true);
    for _ in 0..100 {
        gateway.host.clock.advance(11_000);
        assert_eq!(gateway.ask(&registry), tools());
        assert_eq!(gateway.ask(&gateway.host.registry()), tools());
    }
}

#[test]
fn one_whose_tools_have_changed_is_waited_for_a_moment() {
    let host = MemoryHost::default();
    let hangs = Rc::new(Cell::new(false));
    let now = hangs.clone();
    let server = host.serve("x", move |received: &Received| match received.method() {
        _ if now.get() => Answer::hangs(),
        "tools/call" => Answer::json(200, &received.error(-32_602, "Unknown tool")),
        _ => servers::modern(received).unwrap_or_else(|| servers::tools(received, &["a"])),
    });
    host.configure(&["x"]);
    let gateway = Gateway { host, server, hangs };
    let registry = gateway.host.registry();
    assert_eq!(gateway.ask(&registry), tools());
    gateway.host.clock.advance(60_000);
    gateway.host.call(&registry, "x", "a", "{}").expect_err("the tool has other parameters");
    gateway.hangs.set(true);
    let (known, took_ms) = gateway.ask(&registry);
    assert_eq!((known, took_ms), (tools().0, 1_000));
    for _ in 0..5 {
        assert_eq!(gateway.ask(&registry), tools(), "it has failed behind the answer");
    }
}
