//! What a server's health is told by: calls, and whatever else the gateway asks of it.

mod support;

use http::{Method, StatusCode};
use scripted_upstream::{Answer, Received, servers};
use serde_json::{Value, json};
use server_registry::Registry;
use std::{cell::Cell, rc::Rc};
use support::{MemoryHost, administer, legacy};

/// A gateway with a server `x`, which answers for as long as it is up.
struct Gateway {
    host: MemoryHost,
    registry: Rc<Registry<MemoryHost>>,
    is_up: Rc<Cell<bool>>,
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        let is_up = Rc::new(Cell::new(true));
        let mut answer = legacy(&["a"]);
        let up = is_up.clone();
        host.serve("x", move |received: &Received| if up.get() { answer(received) } else { Answer::status(503) });
        host.configure(&["x"]);
        let registry = host.registry();
        Self { host, registry, is_up }
    }

    fn ask(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let access = self.host.open(&self.registry).expect("a configuration");
        administer(&self.host, &access, method, &format!("/api/v1{path}"), body)
    }

    /// What another instance says, once this one has written what it knows.
    fn health(&self, alias: &str) -> Value {
        self.host.run(self.registry.keep_usage());
        let access = self.host.open(&self.host.registry()).expect("a configuration");
        let path = format!("/api/v1/servers/{alias}/health");
        administer(&self.host, &access, Method::GET, &path, &Value::Null).1
    }

    #[track_caller]
    fn expect(&self, alias: &str, state: &str) -> Value {
        let health = self.health(alias);
        assert_eq!(health["state"], state, "{health}");
        health
    }

    fn calls_counted(&self) -> usize {
        self.ask(Method::GET, "/usage", &Value::Null).1["items"].as_array().expect("rows").len()
    }
}

#[test]
fn a_test_shows_it() {
    let gateway = Gateway::new();
    gateway.expect("x", "unknown");
    gateway.ask(Method::POST, "/servers/x/test", &Value::Null);
    gateway.expect("x", "healthy");
    gateway.is_up.set(false);
    gateway.host.clock.advance(1_000);
    gateway.ask(Method::POST, "/servers/x/test", &Value::Null);
    let health = gateway.expect("x", "failing");
    assert_eq!(health["lastError"], "httpStatus");
    assert_eq!(gateway.calls_counted(), 0, "no tool was called");
}

#[test]
fn so_does_a_list_of_its_tools_whoever_asks_for_it() {
    let fetch: [fn(&Gateway); 3] = [
        |gateway| drop(gateway.ask(Method::POST, "/servers/x/refresh", &Value::Null)),
        |gateway| drop(gateway.ask(Method::GET, "/servers/x/tools", &Value::Null)),
        |gateway| drop(gateway.host.catalogs(&gateway.registry, &["x"])),
    ];
    for fetch in fetch {
        let gateway = Gateway::new();
        fetch(&gateway);
        gateway.expect("x", "healthy");
        gateway.is_up.set(false);
        // So long that the list counts no more, and is not given out either.
        gateway.host.clock.advance(2 * 60 * 60 * 1_000);
        fetch(&gateway);
        gateway.expect("x", "failing");
        assert_eq!(gateway.calls_counted(), 0, "no tool was called");
    }
}

#[test]
fn and_one_that_is_fetched_later() {
    let gateway = Gateway::new();
    gateway.host.catalogs(&gateway.registry, &["x"])[0].as_ref().expect("tools");
    gateway.is_up.set(false);
    gateway.host.clock.advance(10 * 60 * 1_000);
    gateway.host.catalogs(&gateway.registry, &["x"])[0].as_ref().expect("older tools");
    gateway.expect("x", "healthy");
    gateway.host.run(gateway.registry.refresh_due());
    gateway.expect("x", "failing");
}

#[test]
fn a_server_that_nobody_can_sign_in_at_is_failing() {
    let gateway = Gateway::new();
    gateway.host.serve("locked", |_: &Received| Answer::status(401));
    gateway.host.configure(&["locked"]);
    gateway.ask(Method::POST, "/servers/locked/refresh", &Value::Null);
    assert_eq!(gateway.expect("locked", "failing")["lastError"], "authorization");
}

#[test]
fn what_was_heard_of_a_server_goes_with_it() {
    let gateway = Gateway::new();
    gateway.host.configure(&[]);
    let put = |url: &str| gateway.ask(Method::PUT, "/servers/one", &json!({ "url": url })).0;
    assert_eq!(put("https://down/mcp"), StatusCode::CREATED);
    gateway.ask(Method::POST, "/servers/one/test", &Value::Null);
    gateway.expect("one", "failing");
    gateway.ask(Method::DELETE, "/servers/one", &Value::Null);
    gateway.host.clock.advance(1_000);
    assert_eq!(put("https://x/mcp"), StatusCode::CREATED);
    let health = gateway.expect("one", "unknown");
    assert_eq!((health.get("lastFailureAt"), health.get("lastError")), (None, None));
}

#[test]
fn one_that_an_agent_has_added_has_just_answered() {
    let gateway = Gateway::new();
    gateway.host.set_text("agent_registration", "allow");
    gateway.host.serve("tools.example.com", servers_of_both_eras);
    let access = gateway.host.open(&gateway.registry).expect("a configuration");
    gateway.host.run(access.add_server("mine", "https://tools.example.com/mcp")).expect("it is public");
    gateway.expect("mine", "healthy");
}

fn servers_of_both_eras(received: &Received) -> Answer {
    servers::modern(received).unwrap_or_else(|| servers::tools(received, &["a"]))
}

#[test]
fn what_is_heard_of_many_servers_is_written_at_once() {
    let gateway = Gateway::new();
    let names: Vec<String> = (0..20).map(|number| format!("s{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    gateway.host.configure(&names);
    gateway.host.catalogs(&gateway.registry, &names);
    gateway.host.run(gateway.registry.keep_usage());
    let writes = gateway.host.writes.borrow().iter().filter(|key| key.starts_with("usage/")).count();
    assert_eq!(writes, 1);
    gateway.expect("s19", "failing");
}
