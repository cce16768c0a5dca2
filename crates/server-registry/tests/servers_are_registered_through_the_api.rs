//! Servers come and go through the admin API, for all instances at once.

mod support;

use http::{Method, StatusCode};
use mcp_client::Clock;
use scripted_upstream::{Answer, Received, Upstream, servers};
use serde_json::{Value, json};
use server_registry::{Access, CallContext, FailureKind, Lesson, Registry};
use std::{cell::Cell, rc::Rc};
use support::{MemoryHost, administer, administer_with, legacy, register_many};

/// A gateway, an upstream `x`, and two instances.
struct Gateway {
    host: MemoryHost,
    upstream: Upstream,
    here: Rc<Registry<MemoryHost>>,
    there: Rc<Registry<MemoryHost>>,
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        let upstream = host.serve("x", legacy(&["a"]));
        let (here, there) = (host.registry(), host.registry());
        Self { host, upstream, here, there }
    }

    fn access(&self) -> Access<MemoryHost> {
        self.host.open(&self.here).expect("a configuration")
    }

    /// Learns of results of a server's tool.
    fn learn(&self, alias: &str) {
        let lesson =
            Lesson { alias: alias.into(), tool: "a".into(), known: None, text: "string".into(), is_news: true };
        self.host.run(self.access().keep_learned(vec![lesson], 1_000));
    }

    /// A request to `/api/v1`.
    fn ask(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        administer(&self.host, &self.access(), method, &format!("/api/v1{path}"), body)
    }

    #[track_caller]
    fn put(&self, alias: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(Method::PUT, &format!("/servers/{alias}"), body);
        assert!(status.is_success(), "{status} {answer}");
        answer
    }

    /// A request about one server that goes by what it was.
    fn conditional(&self, method: Method, alias: &str, condition: (&str, &str), body: &Value) -> StatusCode {
        let path = format!("/api/v1/servers/{alias}");
        administer_with(&self.host, &self.access(), method, &path, &[condition], body).status()
    }

    fn etag(&self, alias: &str) -> String {
        let path = format!("/api/v1/servers/{alias}");
        let answer = administer_with(&self.host, &self.access(), Method::GET, &path, &[], &Value::Null);
        answer.headers()["etag"].to_str().expect("text").to_string()
    }

    /// The aliases that the other instance sees.
    fn aliases(&self) -> Vec<String> {
        self.host.list(&self.there).expect("a list").into_iter().map(|server| server.alias).collect()
    }

    /// Keys of the store that have to do with a server.
    fn kept(&self, alias: &str) -> Vec<String> {
        let part = format!("/{alias}");
        self.host.store.borrow().keys().filter(|key| key.contains(&part)).cloned().collect()
    }
}

fn at_x() -> Value {
    json!({"url": "https://x/mcp"})
}

#[test]
fn the_next_request_of_another_instance_sees_every_change() {
    let gateway = Gateway::new();
    assert_eq!(gateway.aliases(), [] as [&str; 0]);
    let created = json!({"alias": "one", "url": "https://x/mcp", "title": "One", "description": "The first."});
    let (status, view) = gateway.ask(Method::POST, "/servers", &created);
    assert_eq!((status, &view["source"], &view["alias"]), (StatusCode::CREATED, &json!("api"), &json!("one")));
    let listed = gateway.host.list(&gateway.there).expect("a list");
    assert_eq!((listed[0].title.as_deref(), listed[0].description.as_deref()), (Some("One"), Some("The first.")));
    gateway.host.call(&gateway.there, "one", "a", "{}").expect("a result");

    let replaced = gateway.put("one", &json!({"url": "https://gone/mcp"}));
    assert!(replaced["version"].as_u64() > view["version"].as_u64(), "{replaced}");
    assert_eq!((replaced.get("title"), &replaced["createdAt"]), (None, &view["createdAt"]));
    let failure = gateway.host.call(&gateway.there, "one", "a", "{}").expect_err("nobody is there");
    assert_eq!(failure.kind, FailureKind::Unreachable);

    let (status, _) = gateway.ask(Method::PATCH, "/servers/one", &at_x());
    assert_eq!(status, StatusCode::OK);
    gateway.host.call(&gateway.there, "one", "a", "{}").expect("a result");
    let (status, _) = gateway.ask(Method::DELETE, "/servers/one", &Value::Null);
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(gateway.aliases(), [] as [&str; 0]);
    let failure = gateway.host.call(&gateway.there, "one", "a", "{}").expect_err("it is gone");
    assert_eq!(failure.kind, FailureKind::UnknownServer);
}

#[test]
fn a_request_that_is_under_way_goes_on_with_the_server_as_it_is_now() {
    let gateway = Gateway::new();
    gateway.put("one", &json!({"url": "https://gone/mcp"}));
    gateway.put("other", &at_x());
    let under_way = gateway.host.open(&gateway.there).expect("a configuration");
    let call = |alias: &str| gateway.host.run(under_way.call_tool(alias, "a", "{}", CallContext::default()));
    gateway.put("one", &at_x());
    call("one").expect("the way to it is another now");
    for (change, alias) in [(json!({"enabled": false}), "one"), (json!({"codeMode": false}), "other")] {
        let (status, _) = gateway.ask(Method::PATCH, &format!("/servers/{alias}"), &change);
        assert_eq!(status, StatusCode::OK);
        let fresh = gateway.host.registry();
        let failure = gateway.host.call(&fresh, alias, "a", "{}").expect_err("it is not for scripts any more");
        assert_eq!(failure.kind, FailureKind::UnknownServer);
    }
}

#[test]
fn and_leaves_nothing_to_others_that_variables_forbid_by_now() {
    let gateway = Gateway::new();
    gateway.put("one", &json!({"url": "https://localhost/mcp"}));
    gateway.host.serve("localhost", legacy(&["a"]));
    let under_way = gateway.host.open(&gateway.there).expect("a configuration");
    gateway.host.set_text("private_upstreams", "deny");
    gateway.host.open(&gateway.there).expect("a configuration");
    gateway.host.run(under_way.call_tool("one", "a", "{}", CallContext::default())).expect("it was allowed");
    let failure = gateway.host.call(&gateway.there, "one", "a", "{}").expect_err("it is not any more");
    assert_eq!(failure.kind, FailureKind::Configuration, "{}", failure.message);
}

#[test]
fn a_change_for_a_state_that_is_gone_is_refused() {
    let gateway = Gateway::new();
    gateway.put("one", &at_x());
    let old = gateway.etag("one");
    gateway.put("one", &json!({"url": "https://x/mcp", "title": "Changed"}));
    let (put, patch) = (at_x(), json!({"title": "Again"}));
    for (method, body) in [(Method::PUT, &put), (Method::PATCH, &patch), (Method::DELETE, &Value::Null)] {
        let refused = gateway.conditional(method.clone(), "one", ("if-match", &old), body);
        assert_eq!(refused, StatusCode::PRECONDITION_FAILED, "{method}");
    }
    assert_eq!(gateway.conditional(Method::PUT, "one", ("if-none-match", "*"), &put), StatusCode::PRECONDITION_FAILED);
    let now = gateway.etag("one");
    assert_eq!(gateway.conditional(Method::PATCH, "one", ("if-match", &now), &patch), StatusCode::OK);
    assert_eq!(gateway.conditional(Method::PATCH, "one", ("if-match", &now), &patch), StatusCode::PRECONDITION_FAILED);
}

#[test]
fn declared_ones_win_and_cannot_be_changed() {
    let gateway = Gateway::new();
    gateway.put("one", &json!({"url": "https://gone/mcp", "title": "Registered"}));
    gateway.host.set(
        "servers",
        &json!({"mcpServers": {
            "one": {"url": "https://x/mcp", "title": "Declared"}, "off": {"url": "https://x/mcp", "disabled": true},
        }}),
    );
    for alias in ["one", "off"] {
        let path = format!("/servers/{alias}");
        for (method, body) in
            [(Method::PUT, at_x()), (Method::PATCH, json!({"title": "T"})), (Method::DELETE, Value::Null)]
        {
            let (status, refused) = gateway.ask(method.clone(), &path, &body);
            assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("urn:bobbin:problem:declared")));
        }
        let (_, view) = gateway.ask(Method::GET, &path, &Value::Null);
        assert_eq!(view["source"], "variable", "{view}");
    }
    gateway.host.call(&gateway.there, "one", "a", "{}").expect("the declared one");
    assert_eq!(gateway.aliases(), ["one"]);
    let (_, listing) = gateway.ask(Method::GET, "/servers", &Value::Null);
    assert_eq!(listing["items"].as_array().map(Vec::len), Some(2), "each once: {listing}");

    gateway.host.set("servers", &json!({}));
    let failure = gateway.host.call(&gateway.there, "one", "a", "{}").expect_err("the registered one again");
    assert_eq!(failure.kind, FailureKind::Unreachable);
}

#[test]
fn there_are_a_thousand_at_the_most() {
    let gateway = Gateway::new();
    register_many(&gateway.host, 1_000);
    let (status, refused) = gateway.ask(Method::PUT, "/servers/more", &at_x());
    assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("urn:bobbin:problem:quota-reached")));
    assert_eq!(gateway.kept("more"), [] as [&str; 0], "nothing of it is left");
    gateway.put("s999", &json!({"url": "https://x/mcp", "title": "Replaced"}));
    let (status, _) = gateway.ask(Method::DELETE, "/servers/s500", &Value::Null);
    assert_eq!(status, StatusCode::NO_CONTENT);
    gateway.put("more", &at_x());
}

#[test]
fn a_change_leaves_one_record_and_removal_leaves_none() {
    let gateway = Gateway::new();
    gateway.put("one", &at_x());
    gateway.put("one", &json!({"url": "https://x/mcp", "title": "Again"}));
    assert_eq!(gateway.kept("one").len(), 1, "{:?}", gateway.kept("one"));
    gateway.host.call(&gateway.here, "one", "a", "{}").expect("a result");
    gateway.host.catalogs(&gateway.here, &["one"])[0].as_ref().expect("a list");
    gateway.ask(Method::POST, "/servers/one/refresh", &Value::Null);
    gateway.learn("one");
    assert_eq!(gateway.kept("one").len(), 5, "{:?}", gateway.kept("one"));

    let (status, _) = gateway.ask(Method::DELETE, "/servers/one", &Value::Null);
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(gateway.kept("one"), [] as [&str; 0]);
    let index = String::from_utf8(gateway.host.store.borrow()["servers"].clone()).expect("JSON");
    assert!(!index.contains("\"one\""), "{index}");
    let ended = gateway.upstream.received().iter().filter(|received| received.http_method == Method::DELETE).count();
    assert_eq!(ended, 1, "the session with it");
}

#[test]
fn what_was_known_of_a_server_goes_when_its_url_is_another() {
    let gateway = Gateway::new();
    gateway.put("one", &at_x());
    gateway.host.catalogs(&gateway.here, &["one"])[0].as_ref().expect("a list");
    gateway.learn("one");
    gateway.put("one", &json!({"url": "https://x/mcp", "title": "The same"}));
    assert_eq!(gateway.kept("one").len(), 5, "{:?}", gateway.kept("one"));
    gateway.put("one", &json!({"url": "https://gone/mcp"}));
    assert_eq!(gateway.kept("one").len(), 1, "{:?}", gateway.kept("one"));
    let (_, health) = gateway.ask(Method::GET, "/servers/one/health", &Value::Null);
    assert_eq!(health["catalog"]["state"], "missing", "{health}");
    gateway.host.catalogs(&gateway.here, &["one"])[0].as_ref().expect_err("nobody is there");
}

#[test]
fn servers_of_an_ide_are_imported_and_exported_without_credentials() {
    let gateway = Gateway::new();
    gateway.host.set_text("encryption_key", &"7".repeat(64));
    gateway.host.set("servers", &json!({"mcpServers": {"declared": {"url": "https://x/mcp"}}}));
    let document = json!({"mcpServers": {
        "plain": {"type": "http", "url": "https://x/mcp", "timeout": 5_000},
        "secret": {"url": "https://x/mcp", "headers": {"Authorization": "Bearer planted-secret"}},
        "off": {"url": "https://x/mcp", "disabled": true},
        "program": {"command": "npx"},
        "declared": {"url": "https://y/mcp"},
        "nowhere": {"url": "https://224.0.0.1/"},
    }});
    let (status, report) = gateway.ask(Method::POST, "/import", &document);
    assert_eq!(status, StatusCode::OK, "{report}");
    let outcomes: Vec<&str> =
        report["servers"].as_array().expect("a list").iter().filter_map(|server| server["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["created", "created", "created", "skipped", "skipped", "failed"], "{report}");
    assert_eq!(gateway.aliases(), ["declared", "plain", "secret"]);
    gateway.host.call(&gateway.there, "secret", "a", "{}").expect("a result");
    let sent = gateway.upstream.received();
    assert!(sent.iter().any(|received| received.header("authorization") == "Bearer planted-secret"));

    let (_, exported) = gateway.ask(Method::GET, "/export", &Value::Null);
    assert!(!exported.to_string().contains("planted"), "{exported}");
    assert_eq!(exported["mcpServers"]["plain"]["url"], "https://x/mcp", "{exported}");
    assert_eq!(exported["mcpServers"].as_object().map(serde_json::Map::len), Some(4), "{exported}");
    let (status, again) = gateway.ask(Method::POST, "/import", &exported);
    assert_eq!(status, StatusCode::OK);
    assert!(again["servers"].as_array().expect("a list").iter().all(|server| server["outcome"] != "failed"), "{again}");
    gateway.host.call(&gateway.there, "secret", "a", "{}").expect("its credential has stayed");
}

#[test]
fn a_refresh_makes_all_instances_fetch_the_tools_anew() {
    let gateway = Gateway::new();
    let count = Rc::new(Cell::new(1));
    let now = count.clone();
    let upstream = gateway.host.serve("x", move |received: &Received| match received.method() {
        "tools/list" => servers::tools(received, &["a", "b"][..now.get()]),
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    gateway.put("one", &at_x());
    let known = |registry| gateway.host.catalogs(registry, &["one"])[0].as_ref().expect("a list").len();
    assert_eq!((known(&gateway.here), known(&gateway.there)), (1, 1));
    count.set(2);
    gateway.host.clock.advance(1_000);
    assert_eq!((known(&gateway.here), known(&gateway.there)), (1, 1));
    let (status, report) = gateway.ask(Method::POST, "/servers/one/refresh", &Value::Null);
    assert_eq!((status, &report["ok"], &report["toolCount"]), (StatusCode::OK, &json!(true), &json!(2)), "{report}");
    assert_eq!((known(&gateway.here), known(&gateway.there)), (2, 2));
    let lists = upstream.methods().iter().filter(|method| *method == "tools/list").count();
    assert_eq!(lists, 2, "the other instance takes what the first one has fetched");
    let (_, health) = gateway.ask(Method::GET, "/servers/one/health", &Value::Null);
    assert_eq!(
        (&health["catalog"]["state"], &health["catalog"]["toolCount"]),
        (&json!("fresh"), &json!(2)),
        "{health}"
    );
}

#[test]
fn a_test_reports_and_leaves_nothing_behind() {
    let gateway = Gateway::new();
    gateway.put("one", &at_x());
    gateway.put("down", &json!({"url": "https://gone/mcp", "enabled": false}));
    let before = gateway.host.store.borrow().clone();
    let (status, report) = gateway.ask(Method::POST, "/servers/one/test", &Value::Null);
    assert_eq!((status, &report["ok"], &report["toolCount"]), (StatusCode::OK, &json!(true), &json!(1)), "{report}");
    assert_eq!(report["protocolVersion"], "2025-11-25", "{report}");
    let received = gateway.upstream.received();
    let last = received.last().expect("requests");
    assert_eq!((&last.http_method, last.header("mcp-session-id")), (&Method::DELETE, servers::SESSION));
    let (_, report) = gateway.ask(Method::POST, "/servers/down/test", &Value::Null);
    assert_eq!((&report["ok"], &report["error"]["kind"]), (&json!(false), &json!("unreachable")), "{report}");
    assert_eq!(*gateway.host.store.borrow(), before);
    assert_eq!(gateway.ask(Method::POST, "/servers/none/test", &Value::Null).0, StatusCode::NOT_FOUND);
}

#[test]
fn a_test_says_how_long_it_took() {
    let gateway = Gateway::new();
    gateway.host.serve("x", |received| {
        let answer = servers::modern(received).unwrap_or_else(|| servers::tools(received, &["a"]));
        answer.after(40)
    });
    gateway.put("one", &at_x());
    let began_ms = gateway.host.monotonic_ms();
    let (_, report) = gateway.ask(Method::POST, "/servers/one/test", &Value::Null);
    assert_eq!(report["latencyMs"], gateway.host.monotonic_ms() - began_ms, "{report}");
    assert_eq!(report["latencyMs"], 80, "{report}");
}

#[test]
fn a_server_that_is_switched_off_is_none_for_agents() {
    let gateway = Gateway::new();
    gateway.put("one", &at_x());
    gateway.host.call(&gateway.there, "one", "a", "{}").expect("a result");
    gateway.ask(Method::PATCH, "/servers/one", &json!({"enabled": false}));
    assert_eq!(gateway.aliases(), [] as [&str; 0]);
    let failure = gateway.host.call(&gateway.there, "one", "a", "{}").expect_err("it is off");
    let unknown = gateway.host.call(&gateway.there, "two", "a", "{}").expect_err("there is none");
    assert_eq!(failure.message.replace("one", "two"), unknown.message, "as if there were none");
    let (status, view) = gateway.ask(Method::GET, "/servers/one", &Value::Null);
    assert_eq!((status, &view["enabled"]), (StatusCode::OK, &json!(false)));
    let (_, health) = gateway.ask(Method::GET, "/servers/one/health", &Value::Null);
    assert_eq!(health["state"], "disabled", "{health}");
    gateway.ask(Method::PATCH, "/servers/one", &json!({"enabled": true}));
    gateway.host.call(&gateway.there, "one", "a", "{}").expect("a result");
}

#[test]
fn a_store_that_fails_is_told_and_nothing_counts_as_done() {
    let gateway = Gateway::new();
    gateway.put("one", &at_x());
    let access = gateway.access();
    gateway.host.break_store("server");
    for (method, body) in [(Method::PUT, at_x()), (Method::DELETE, Value::Null)] {
        let (status, refused) = administer(&gateway.host, &access, method, "/api/v1/servers/one", &body);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{refused}");
    }
    gateway.host.mend_store();
    assert_eq!(gateway.aliases(), ["one"]);
    gateway.host.call(&gateway.there, "one", "a", "{}").expect("a result");
}

#[test]
fn a_server_that_cannot_be_reached_is_told_in_whole_sentences() {
    let gateway = Gateway::new();
    gateway.put("dead", &json!({"url": "https://nobody/mcp"}));
    let (status, refused) = gateway.ask(Method::GET, "/servers/dead/tools", &Value::Null);
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{refused}");
    let expected = "Server \"dead\" cannot be reached at https://nobody: the connection was refused. Is it running? \
        Try again in 5 s.";
    assert_eq!(refused["detail"], expected);
}

#[test]
fn an_answer_that_is_no_list_of_tools_fails_the_test_with_its_reason() {
    let gateway = Gateway::new();
    gateway.host.serve("x", |_| Answer::text(200, "text/html", "<p>"));
    gateway.put("one", &at_x());
    let (_, report) = gateway.ask(Method::POST, "/servers/one/test", &Value::Null);
    assert_eq!((&report["ok"], &report["error"]["kind"]), (&json!(false), &json!("protocol")), "{report}");
}
