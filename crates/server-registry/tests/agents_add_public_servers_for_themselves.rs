//! `add_server` and `remove_server`, where the operator allows it.

mod support;

use http::Method;
use scripted_upstream::Upstream;
use serde_json::json;
use server_registry::{Access, Purpose, Registry, Visitor};
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
    let host = host();
    host.set_text("admin_key", "of-the-operator");
    let registry = host.registry();
    let sign_in = |key: &str| -> Access<MemoryHost> {
        let visitor = Visitor { key: Some(key), is_local: true };
        host.run(registry.sign_in(visitor, Purpose::CodeMode)).expect("a key of this gateway")
    };
    let new_key = |settings: serde_json::Value| {
        let answer = administer(&host, &sign_in("of-the-operator"), Method::POST, "/api/v1/keys", &settings);
        answer.1["key"].as_str().expect("a key").to_string()
    };
    let (one, other) = (new_key(json!({"name": "one"})), new_key(json!({"name": "other"})));
    let limited = new_key(json!({"name": "limited", "servers": ["some"]}));
    host.run(sign_in(&one).add_server("mine", URL)).expect("it is public");

    let aliases = |key: &str| sign_in(key).list().into_iter().map(|server| server.alias).collect::<Vec<_>>();
    assert_eq!((aliases(&one), aliases(&other)), (vec!["mine".to_string()], Vec::new()));
    host.run(sign_in(&other).remove_server("mine")).expect_err("not theirs");
    assert!(!sign_in(&limited).may_add_servers());
    host.run(sign_in(&limited).add_server("more", URL)).expect_err("a key for some servers only");
    host.set_text("agent_registration", "deny");
    host.run(sign_in(&one).add_server("more", URL)).expect_err("denied");
}
