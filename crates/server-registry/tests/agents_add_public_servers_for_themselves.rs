//! `add_server` and `remove_server`, where the operator allows it.

mod support;

use http::{Method, StatusCode};
use scripted_upstream::Upstream;
use serde_json::{Value, json};
use server_registry::{Access, CallContext, CurrentCatalog, FailureKind, Purpose, Registry, Visitor, Wanted};
use std::rc::Rc;
use support::{MemoryHost, administer, legacy};

/// A host that lets agents add servers, with a public server.
fn host() -> MemoryHost {
    host_and_server().0
}

fn host_and_server() -> (MemoryHost, Upstream) {
    let host = MemoryHost::default();
    host.set_text("agent_registration", "allow");
    let server = host.serve("tools.example.com", legacy(&["a", "b"]));
    (host, server)
}

fn add(host: &MemoryHost, registry: &Rc<Registry<MemoryHost>>, alias: &str, url: &str) -> Result<u32, String> {
    let access = host.open(registry).expect("a configuration");
    host.run(access.add_server(alias, url)).map_err(|failure| failure.message)
}

const URL: &str = "https://tools.example.com/mcp";

#[test]
fn which_the_next_request_sees_and_which_they_remove() {
    let (host, server) = host_and_server();
    let ended = || server.received().iter().filter(|received| received.http_method == Method::DELETE).count();
    let registry = host.registry();
    assert_eq!(add(&host, &registry, "mine", URL), Ok(2));
    assert_eq!(ended(), 1, "trying it left no session behind");
    for registry in [registry.clone(), host.registry()] {
        assert_eq!(host.catalogs(&registry, &["mine"]), [Ok(vec!["a".to_string(), "b".to_string()])]);
        host.call(&registry, "mine", "a", "{}").expect("a result");
    }
    let access = host.open(&registry).expect("a configuration");
    host.run(access.remove_server("mine")).expect("it is their own");
    assert_eq!(ended(), 2);
    assert_eq!(host.list(&registry), Ok(Vec::new()));
    let left: Vec<String> = host.store.borrow().keys().filter(|key| key.contains("mine")).cloned().collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn but_only_public_ones_without_credentials() {
    let host = host();
    let registry = host.registry();
    for (alias, url, words) in [
        ("a", "http://tools.example.com/mcp", "https"),
        ("a", "https://127.0.0.1/mcp", "public"),
        ("a", "https://localhost/mcp", "public"),
        ("a", "https://169.254.169.254/mcp", "leads to"),
        ("a", "https://[::ffff:10.0.0.1]/mcp", "public"),
        ("a", "https://user:pass@tools.example.com/mcp", "user name"),
        ("a", "https://tools.example.com/mcp?api_key=1234567", "credential"),
        ("a", "tools", "URL"),
        ("a b", URL, "alias"),
        ("down", "https://down.example.com/mcp", "down"),
    ] {
        let refused = add(&host, &registry, alias, url).expect_err(url);
        assert!(refused.contains(words), "{url}: {refused}");
    }
    assert_eq!(host.list(&registry), Ok(Vec::new()));
}

#[test]
fn at_most_ten_and_none_that_others_have() {
    let host = host();
    host.set("servers", &json!({"mcpServers": {"declared": {"url": "https://x/mcp"}}}));
    let registry = host.registry();
    assert!(add(&host, &registry, "declared", URL).expect_err("taken").contains("taken"));
    for number in 0..10 {
        assert_eq!(add(&host, &registry, &format!("s{number}"), URL), Ok(2));
    }
    assert!(add(&host, &registry, "s10", URL).expect_err("too many").contains("10 servers"));
    let access = host.open(&registry).expect("a configuration");
    host.run(access.remove_server("declared")).expect_err("not theirs");
}

/// A gateway with an operator, and agents with keys.
struct Gateway {
    host: MemoryHost,
    registry: Rc<Registry<MemoryHost>>,
}

const OPERATOR: &str = "of-the-operator";

impl Gateway {
    fn new() -> Self {
        let host = host();
        host.set_text("admin_key", OPERATOR);
        host.set_text("encryption_key", &"1".repeat(64));
        let registry = host.registry();
        Self { host, registry }
    }

    fn sign_in(&self, key: &str) -> Access<MemoryHost> {
        let visitor = Visitor { key: Some(key), is_local: true };
        self.host.run(self.registry.sign_in(visitor, Purpose::CodeMode)).expect("a key of this gateway")
    }

    /// What the operator asks of the admin API.
    fn ask(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        administer(&self.host, &self.sign_in(OPERATOR), method, &format!("/api/v1{path}"), body)
    }

    /// The id and the text of a new key.
    fn new_key(&self, settings: &Value) -> (String, String) {
        let (_, made) = self.ask(Method::POST, "/keys", settings);
        let text = |name: &str| made[name].as_str().expect(name).to_string();
        (text("id"), text("key"))
    }

    fn add(&self, key: &str, alias: &str) {
        self.host.run(self.sign_in(key).add_server(alias, URL)).expect("it is public");
    }

    fn aliases(&self, key: &str) -> Vec<String> {
        self.sign_in(key).list().into_iter().map(|server| server.alias).collect()
    }

    /// Names of records of the store that have to do with a server.
    fn kept(&self, alias: &str) -> Vec<String> {
        self.host.store.borrow().keys().filter(|key| key.contains(alias)).cloned().collect()
    }
}

#[test]
fn none_where_the_gateway_has_as_many_as_it_may() {
    let host = host();
    host.serve("x", legacy(&["a"]));
    support::register_many(&host, 1_000);
    let refused = add(&host, &host.registry(), "mine", URL).expect_err("too many");
    assert_eq!(refused, "This gateway has 1000 registered servers, and no more are allowed.");
}

#[test]
fn and_nobody_else_sees_or_removes_them() {
    let gateway = Gateway::new();
    let (_, one) = gateway.new_key(&json!({"name": "one"}));
    let (_, other) = gateway.new_key(&json!({"name": "other"}));
    let (_, limited) = gateway.new_key(&json!({"name": "limited", "servers": ["some"]}));
    gateway.add(&one, "mine");
    assert_eq!((gateway.aliases(&one), gateway.aliases(&other)), (vec!["mine".to_string()], Vec::new()));
    let host = &gateway.host;
    host.run(gateway.sign_in(&other).remove_server("mine")).expect_err("not theirs");
    assert!(!gateway.sign_in(&limited).may_add_servers());
    host.run(gateway.sign_in(&limited).add_server("more", URL)).expect_err("a key for some servers only");
    host.set_text("agent_registration", "deny");
    host.run(gateway.sign_in(&one).add_server("more", URL)).expect_err("denied");
}

#[test]
fn what_the_operator_writes_under_their_alias_is_the_operators() {
    let auth = json!({"type": "bearer", "token": "of-the-operator-alone"});
    let requests = [
        (Method::PUT, "/servers/github", json!({"url": URL})),
        (Method::PUT, "/servers/github", json!({"url": URL, "auth": auth})),
        (Method::PATCH, "/servers/github", json!({"auth": auth})),
        (Method::PATCH, "/servers/github", json!({"headers": {"x-api-key": "of-the-operator-alone"}})),
        (Method::PATCH, "/servers/github", json!({"url": "https://tools.example.com/other"})),
        (Method::POST, "/import", json!({"mcpServers": {"github": {"url": URL}}})),
    ];
    for (method, path, body) in requests {
        let gateway = Gateway::new();
        let (_, squatter) = gateway.new_key(&json!({"name": "squatter"}));
        let (_, other) = gateway.new_key(&json!({"name": "other"}));
        gateway.add(&squatter, "github");
        let (status, answer) = gateway.ask(method.clone(), path, &body);
        assert_eq!(status, StatusCode::OK, "{method} {body}: {answer}");
        assert_eq!(gateway.ask(Method::GET, "/servers/github", &Value::Null).1["source"], "api", "{method} {body}");
        assert_eq!(gateway.aliases(&other), ["github"], "it is there for everybody: {method} {body}");
        let refused = gateway.host.run(gateway.sign_in(&squatter).remove_server("github")).expect_err("not theirs");
        assert!(refused.message.contains("that you added"), "{}", refused.message);
        for number in 0..10 {
            gateway.add(&squatter, &format!("own{number}"));
        }
    }
}

#[test]
fn a_request_of_theirs_that_is_under_way_does_not_get_what_the_operator_gave() {
    let gateway = Gateway::new();
    let (_, squatter) = gateway.new_key(&json!({"name": "squatter"}));
    gateway.add(&squatter, "github");
    let under_way = gateway.sign_in(&squatter);
    gateway.ask(Method::PUT, "/servers/github", &json!({"url": "https://tools.example.com/other"}));
    let called = gateway.host.run(under_way.call_tool("github", "a", "{}", CallContext::default()));
    assert_eq!(called.expect_err("another server").kind, FailureKind::UnknownServer);
}

#[test]
fn the_operator_can_change_how_one_is_used_and_leave_it_to_its_agent() {
    let gateway = Gateway::new();
    let (_, agent) = gateway.new_key(&json!({"name": "agent"}));
    let (_, other) = gateway.new_key(&json!({"name": "other"}));
    gateway.add(&agent, "mine");
    for change in [json!({"timeoutMs": 1_000}), json!({"enabled": false}), json!({"enabled": true, "headers": {}})] {
        let (status, view) = gateway.ask(Method::PATCH, "/servers/mine", &change);
        assert_eq!((status, &view["source"]), (StatusCode::OK, &json!("agent")), "{view}");
    }
    assert_eq!((gateway.aliases(&agent), gateway.aliases(&other)), (vec!["mine".to_string()], Vec::new()));
}

#[test]
fn an_export_leaves_them_out() {
    let gateway = Gateway::new();
    let (_, agent) = gateway.new_key(&json!({"name": "agent"}));
    gateway.add(&agent, "mine");
    gateway.ask(Method::PUT, "/servers/everybodys", &json!({"url": URL}));
    let (_, exported) = gateway.ask(Method::GET, "/export", &Value::Null);
    assert_eq!(exported["mcpServers"].as_object().expect("servers").keys().collect::<Vec<_>>(), ["everybodys"]);
}

#[test]
fn they_go_with_the_key_of_their_agent() {
    let gateway = Gateway::new();
    let (id, agent) = gateway.new_key(&json!({"name": "agent"}));
    let (_, other) = gateway.new_key(&json!({"name": "other"}));
    gateway.add(&agent, "one");
    gateway.add(&agent, "two");
    gateway.add(&other, "others");
    gateway.ask(Method::PUT, "/servers/everybodys", &json!({"url": URL}));
    assert_eq!(gateway.ask(Method::DELETE, &format!("/keys/{id}"), &Value::Null).0, StatusCode::NO_CONTENT);
    assert_eq!(gateway.aliases(&other), ["everybodys", "others"]);
    assert_eq!((gateway.kept("one"), gateway.kept("two")), (Vec::new(), Vec::new()));
    assert_eq!(gateway.ask(Method::GET, "/servers/one", &Value::Null).0, StatusCode::NOT_FOUND);
    gateway.add(&other, "one");
}

#[test]
fn what_is_left_of_a_key_that_is_gone_is_found_later() {
    let gateway = Gateway::new();
    let (id, agent) = gateway.new_key(&json!({"name": "agent"}));
    let (_, other) = gateway.new_key(&json!({"name": "other"}));
    gateway.add(&agent, "left");
    gateway.add(&other, "others");
    gateway.host.run(gateway.sign_in(OPERATOR).add_server("own", URL)).expect("it is public");
    // Whoever revoked the key broke off before its servers were removed.
    gateway.host.store.borrow_mut().remove(&format!("key/{id}"));
    let call_often = || {
        for _ in 0..200 {
            let operator = gateway.sign_in(OPERATOR);
            let called = operator.call_tool("own", "a", "{}", CallContext::default());
            gateway.host.run(called).expect("a result");
            gateway.host.clock.advance(1_000);
            gateway.host.run(gateway.registry.keep_usage());
        }
    };
    call_often();
    assert_eq!(gateway.ask(Method::GET, "/servers/left", &Value::Null).0, StatusCode::OK, "it is young");
    gateway.host.clock.advance(60 * 60 * 1_000);
    call_often();
    assert_eq!(gateway.ask(Method::GET, "/servers/left", &Value::Null).0, StatusCode::NOT_FOUND);
    assert_eq!(gateway.kept("left"), Vec::<String>::new());
    for others in ["others", "own"] {
        assert_eq!(gateway.ask(Method::GET, &format!("/servers/{others}"), &Value::Null).0, StatusCode::OK);
    }
}

/// The aliases that the operator sees, of those that begin so.
fn ids(gateway: &Gateway, beginning: &str) -> Vec<String> {
    let (_, listed) = gateway.ask(Method::GET, "/servers", &Value::Null);
    let aliases =
        listed["items"].as_array().expect("a list").iter().map(|one| one["alias"].as_str().expect("an alias"));
    aliases.filter(|alias| alias.starts_with(beginning)).map(str::to_string).collect()
}

#[test]
fn an_alias_is_free_where_they_see_none_of_that_name() {
    let gateway = Gateway::new();
    let host = &gateway.host;
    host.set("servers", &json!({"mcpServers": {"declared": {"url": URL, "disabled": true}}}));
    gateway.ask(Method::PUT, "/servers/off", &json!({"url": URL, "enabled": false}));
    let (_, one) = gateway.new_key(&json!({"name": "one"}));
    let (_, other) = gateway.new_key(&json!({"name": "other"}));
    gateway.add(&one, "mine");
    host.serve("other.example.com", legacy(&["c"]));
    for alias in ["mine", "off", "declared", "nobodys"] {
        let add = |url: &str| host.run(gateway.sign_in(&other).add_server(alias, url));
        assert_eq!(add("https://other.example.com/mcp"), Ok(1), "{alias}");
        let taken = add(URL).expect_err("it is its own").message;
        assert_eq!(taken, format!("The alias \"{alias}\" is taken; choose another one."));
        let id = ids(&gateway, alias).pop().expect("one of the other");
        assert_eq!(id == "nobodys", alias == "nobodys", "{id}");
        assert!(tool_names::alias::is_valid(&id));
    }
    assert_eq!((gateway.aliases(&one), gateway.aliases(&other).len()), (vec!["mine".to_string()], 4));
    // Each reaches its own, under its own name.
    let call = |key: &str, tool: &str| {
        host.run(gateway.sign_in(key).call_tool("mine", tool, "{}", CallContext::default())).map(|_| ())
    };
    assert_eq!((call(&one, "a"), call(&other, "c")), (Ok(()), Ok(())));
    host.serve("other.example.com", |_: &scripted_upstream::Received| scripted_upstream::Answer::json(503, &json!({})));
    let failed = call(&other, "c").expect_err("it is down");
    assert!(failed.message.contains("\"mine\""), "{}", failed.message);
    let id = ids(&gateway, "mine-").pop().expect("one of the other");
    assert!(gateway.sign_in(&other).list().iter().all(|server| server.alias != id));
    let unknown = host.run(gateway.sign_in(&other).call_tool(&id, "c", "{}", CallContext::default()));
    assert_eq!(unknown.expect_err("a name of the operator").kind, FailureKind::UnknownServer);
    // And removes its own.
    host.run(gateway.sign_in(&other).remove_server("mine")).expect("its own");
    host.run(gateway.sign_in(&other).remove_server("mine")).expect_err("it is gone");
    assert_eq!((gateway.aliases(&one), gateway.kept(&id)), (vec!["mine".to_string()], Vec::new()));
}

#[test]
fn what_adding_says_does_not_tell_which_aliases_others_have() {
    let gateway = Gateway::new();
    let (_, one) = gateway.new_key(&json!({"name": "one"}));
    let (_, other) = gateway.new_key(&json!({"name": "other"}));
    gateway.add(&one, "mine");
    gateway.ask(Method::PUT, "/servers/off", &json!({"url": URL, "enabled": false}));
    let urls = [URL, "https://down.example.com/mcp", "http://tools.example.com/mcp", "https://10.0.0.1/mcp", "x"];
    for url in urls {
        let told = |alias: &str| {
            let (reads, writes) = (gateway.host.reads.borrow().len(), gateway.host.writes.borrow().len());
            let added = gateway.host.run(gateway.sign_in(&other).add_server(alias, url));
            let work = (gateway.host.reads.borrow().len() - reads, gateway.host.writes.borrow().len() - writes);
            let _gone = gateway.host.run(gateway.sign_in(&other).remove_server(alias));
            (added.map_err(|failure| failure.message.replace(alias, "X")), work)
        };
        let free = told("nobodys");
        assert_eq!((told("mine"), told("off")), (free.clone(), free), "{url}");
    }
}

#[test]
fn one_of_the_operator_comes_before_their_own() {
    let gateway = Gateway::new();
    let (_, agent) = gateway.new_key(&json!({"name": "agent"}));
    gateway.ask(Method::PUT, "/servers/shared", &json!({"url": "https://operator.example.com/mcp", "enabled": false}));
    gateway.host.serve("operator.example.com", legacy(&["of-the-operator"]));
    gateway.add(&agent, "shared");
    let tools = || {
        let wanted = vec![Wanted { alias: "shared".to_string(), known_revisions: Vec::new() }];
        let answer = gateway.host.run(gateway.sign_in(&agent).load_catalogs(wanted)).remove(0);
        let CurrentCatalog::Other(known) = answer.catalog.expect("tools") else { panic!("none is known") };
        known.catalog.tools.len()
    };
    assert_eq!((gateway.aliases(&agent), tools()), (vec!["shared".to_string()], 2));
    gateway.ask(Method::PATCH, "/servers/shared", &json!({"enabled": true}));
    assert_eq!((gateway.aliases(&agent), tools()), (vec!["shared".to_string()], 1));
    gateway.host.run(gateway.sign_in(&agent).remove_server("shared")).expect("their own");
    assert_eq!((gateway.aliases(&agent), tools()), (vec!["shared".to_string()], 1));
}

#[test]
fn requests_to_theirs_are_for_public_networks_only() {
    let (host, server) = host_and_server();
    let registry = host.registry();
    assert_eq!(add(&host, &registry, "theirs", URL), Ok(2));
    host.catalogs(&registry, &["theirs"])[0].as_ref().expect("a list");
    host.call(&registry, "theirs", "a", "{}").expect("a result");
    let of_agent = server.received().len();
    let access = host.open(&registry).expect("a configuration");
    administer(&host, &access, Method::PUT, "/api/v1/servers/operators", &json!({ "url": URL }));
    host.call(&registry, "operators", "a", "{}").expect("a result");
    for (number, received) in server.received().iter().enumerate() {
        let is_public_only = received.headers.contains_key(upstream_address::PUBLIC_ONLY_HEADER);
        assert_eq!(is_public_only, number < of_agent, "{}", received.http_method);
    }
}
