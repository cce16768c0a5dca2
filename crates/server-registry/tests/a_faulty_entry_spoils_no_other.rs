mod support;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use server_registry::FailureKind;
use support::{MemoryHost, administer, legacy};

/// Why a server with this entry cannot be used, beside one that can.
#[track_caller]
fn failure(alias: &str, entry: &Value) -> String {
    let host = MemoryHost::default();
    host.serve("good", legacy(&["a"]));
    host.set("servers", &json!({"mcpServers": {"good": {"url": "https://good/mcp"}, alias: entry}}));
    host.set("secrets", &json!({"TOKEN": "s3cret-value", "BAD": "two\nlines"}));
    let registry = host.registry();

    assert_eq!(host.list(&registry).expect("a list").len(), 2, "both are registered");
    let catalogs = host.catalogs(&registry, &["good", alias]);
    assert_eq!(catalogs[0].as_deref(), Ok(&["a".to_string()][..]));
    let failure = catalogs[1].clone().expect_err("it cannot be used");
    assert_eq!(failure.kind, FailureKind::Configuration, "{}", failure.message);
    assert!(failure.message.starts_with(&format!("Server \"{alias}\" ")), "{}", failure.message);
    assert!(!failure.message.contains("s3cret"), "{}", failure.message);
    let call = host.call(&registry, alias, "a", "{}").expect_err("it cannot be called");
    assert_eq!(call, failure);
    let access = host.open(&registry).expect("a configuration");
    let ask = |path: &str| administer(&host, &access, Method::GET, &format!("/api/v1{path}"), &Value::Null).1;
    let listed = |path: &str| {
        let items = ask(path)["items"].clone();
        items.as_array().expect("a list").iter().find(|item| item["alias"] == alias).expect("its entry").clone()
    };
    assert_eq!(listed("/servers")["problem"], failure.message);
    let health = listed("/health");
    assert_eq!((&health["state"], &health["lastError"]), (&json!("failing"), &json!("configuration")));
    assert_eq!(ask("/servers/good").get("problem"), None);
    failure.message
}

#[track_caller]
fn says(entry: Value, expected: &str) {
    let message = failure("bad", &entry);
    assert!(message.contains(expected), "{message}");
}

#[test]
fn other_transports() {
    says(json!({"command": "npx", "args": ["-y", "x"]}), "is a program to start");
    says(json!({"type": "stdio", "command": "npx"}), "is a program to start");
    says(json!({"type": "sse", "url": "https://x/sse"}), "Streamable HTTP replaced");
    says(json!({"type": "ws", "url": "https://x/"}), "has the type \"ws\"");
}

#[test]
fn urls_that_cannot_be_used() {
    says(json!({}), "has no \"url\"");
    says(json!({"type": "http", "url": null}), "has no \"url\"");
    says(json!({"url": 7}), "has a number as \"url\", where a string belongs");
    for url in ["https://", "https://x y/mcp"] {
        says(json!({ "url": url }), "is no URL");
    }
    says(json!({"url": "https://x:port/mcp"}), "has a port");
    says(json!({"url": "/mcp"}), "is no absolute URL");
    says(json!({"url": "ftp://x/mcp"}), "has the scheme \"ftp\"");
    says(json!({"url": "https://user:s3cret@x/mcp"}), "do not belong there");
    says(json!({"url": "http://example.com/mcp"}), "is not encrypted");
    says(json!({"url": "https://224.0.0.1/mcp"}), "that no server can have");
}

#[test]
fn headers_that_must_not_be_set() {
    for name in ["Host", "content-length", "Accept", "Content-Type", "Mcp-Session-Id", "MCP-Protocol-Version", "TE"] {
        says(
            json!({"url": "https://x/", "headers": {name: "1"}}),
            &format!("sets the header \"{name}\", which it must not"),
        );
    }
    says(json!({"url": "https://x/", "headers": {"a b": "1"}}), "HTTP does not allow: \"a b\"");
    says(json!({"url": "https://x/", "headers": {"X": "a\nb"}}), "HTTP does not allow: \"X\"");
    says(json!({"url": "https://x/", "headers": {"X": "${BAD}"}}), "HTTP does not allow: \"X\"");
    says(json!({"url": "https://x/", "headers": {"X": 1}}), "has a number as \"headers.X\", where a string belongs");
    says(json!({"url": "https://x/", "headers": ["X: 1"]}), "has an array as \"headers\", where an object belongs");
}

#[test]
fn secrets_that_are_missing() {
    says(json!({"url": "https://x/", "headers": {"X": "Bearer ${NOPE}"}}), "needs the secret \"NOPE\"");
    says(json!({"url": "https://${HOST}/"}), "needs the secret \"HOST\"");
    says(json!({"url": "https://x/", "headers": {"X": "${TOKEN"}}), "a placeholder is ${NAME}");
    says(json!({"url": "https://x/", "headers": {"X": "${env:TOKEN}"}}), "a placeholder is ${NAME}");
}

#[test]
fn entries_of_other_shapes() {
    says(json!("https://x/"), "is configured with a string instead of an object");
    says(json!({"url": "https://x/", "timeout": "long"}), "\"timeout\", where a number of milliseconds belongs");
    says(json!({"url": "https://x/", "timeout": 0}), "\"timeout\", where a number of milliseconds belongs");
}

#[test]
fn and_the_api_shows_it_as_far_as_it_can_be_shown() {
    let host = MemoryHost::default();
    host.set(
        "servers",
        &json!({"mcpServers": {
            "My Server": {"title": "Mine", "timeout": 600_000},
            "off": {"command": "npx", "disabled": true},
            "slow": {"url": "https://x/mcp", "timeoutMs": 5_000_000_000_u64},
            "text": "https://x/mcp",
        }}),
    );
    let access = host.open(&host.registry()).expect("a configuration");
    let show = |alias: &str| {
        let (status, view) = administer(&host, &access, Method::GET, &format!("/api/v1/servers/{alias}"), &Value::Null);
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    };
    let view = show("My%20Server");
    assert_eq!((&view["alias"], &view["title"], &view["url"]), (&json!("My Server"), &json!("Mine"), &json!("")));
    assert_eq!(view["timeoutMs"], 120_000);
    assert_eq!((&show("slow")["timeoutMs"], show("slow").get("problem")), (&json!(120_000), None));
    assert_eq!(show("off").get("problem"), None, "nobody uses it");
    assert!(show("text")["problem"].as_str().expect("a text").contains("instead of an object"));
    let (status, tested) = administer(&host, &access, Method::POST, "/api/v1/servers/My%20Server/test", &Value::Null);
    assert_eq!((status, &tested["error"]["kind"]), (StatusCode::OK, &json!("configuration")));
}

#[test]
fn aliases_that_cannot_be_used() {
    for alias in ["", "a b", "_a", "ä", "a/b"] {
        assert!(failure(alias, &json!({"url": "https://good/mcp"})).contains("has an alias that cannot be used"));
    }
}

#[test]
fn private_addresses_that_nobody_allowed() {
    let host = MemoryHost::default();
    let entry = |url: &str| json!({ "url": url });
    host.set("servers", &json!({"mcpServers": {"a": entry("http://127.0.0.1:9/"), "b": entry("https://[fd00::1]/")}}));
    for (allowed, found) in [("deny", 2), ("", 2), ("allow", 0)] {
        host.set_text("private_upstreams", allowed);
        let catalogs = host.catalogs(&host.registry(), &["a", "b"]);
        let refused = catalogs
            .iter()
            .filter(|catalog| catalog.as_ref().is_err_and(|failure| failure.message.contains("private_upstreams")));
        assert_eq!(refused.count(), found, "{allowed:?}");
    }
    host.set_text("private_upstreams", "yes");
    let failure = host.list(&host.registry()).expect_err("neither");
    assert!(failure.message.contains("\"allow\" or \"deny\", not \"yes\""), "{}", failure.message);
}
