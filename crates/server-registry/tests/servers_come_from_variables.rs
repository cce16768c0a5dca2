mod support;

use scripted_upstream::{Answer, servers};
use serde_json::json;
use server_registry::{FailureKind, ServerSummary};
use support::{MemoryHost, legacy};

#[test]
fn every_spelling_of_http_is_understood() {
    let host = MemoryHost::default();
    host.serve("x", legacy(&["a"]));
    let url = "https://x/mcp";
    host.set(
        "servers",
        &json!({"mcpServers": {
            "a": {"url": url},
            "b": {"type": "http", "url": url},
            "c": {"type": "streamable-http", "url": url},
            "d": {"type": "streamableHttp", "url": format!("  {url} ")},
            "e": {"url": url, "disabled": false, "timeout": 5_000, "alwaysAllow": []},
            "f": {"serverUrl": url},
        }, "servers": {"g": {"type": "http", "url": url}}, "inputs": []}),
    );
    for catalog in host.catalogs(&host.registry(), &["a", "b", "c", "d", "e", "f", "g"]) {
        assert_eq!(catalog, Ok(vec!["a".to_string()]));
    }
}

#[test]
fn servers_are_listed_by_alias_with_the_operators_words() {
    let host = MemoryHost::default();
    host.set(
        "servers",
        &json!({"mcpServers": {
            "b": {"url": "https://b/", "title": "Bee", "description": "Buzzes."},
            "off": {"url": "https://off/", "disabled": true},
            "a": {"url": "https://a/", "title": ""},
        }}),
    );
    let text = |text: &str| Some(text.to_string());
    let expected = [
        ServerSummary { alias: "a".to_string(), title: None, description: None },
        ServerSummary { alias: "b".to_string(), title: text("Bee"), description: text("Buzzes.") },
    ];
    let registry = host.registry();
    assert_eq!(host.list(&registry).expect("a list"), expected);
    let failure = host.call(&registry, "off", "a", "{}").expect_err("disabled");
    assert_eq!(failure.kind, FailureKind::UnknownServer);
}

#[test]
fn no_configuration_means_no_servers() {
    let host = MemoryHost::default();
    for text in ["", "  ", "{}", "{\"mcpServers\": {}}", "{\"mcpServers\": null}"] {
        host.set_text("servers", text);
        assert_eq!(host.list(&host.registry()), Ok(Vec::new()), "{text:?}");
    }
    let host = MemoryHost::default();
    assert_eq!(host.list(&host.registry()), Ok(Vec::new()));
}

#[test]
fn the_file_of_visual_studio_code_is_taken_as_it_is() {
    let host = MemoryHost::default();
    let entry = json!({"type": "http", "url": "https://x/mcp"});
    let aliases = |document: &serde_json::Value| {
        host.set("servers", document);
        let servers = host.list(&host.registry()).expect("a list");
        servers.into_iter().map(|server| server.alias).collect::<Vec<_>>()
    };
    assert_eq!(aliases(&json!({"inputs": [], "servers": {"a": entry}})), ["a"]);
    assert_eq!(aliases(&json!({"servers": {"a": entry}, "mcpServers": {"b": entry}})), ["a", "b"]);
}

#[test]
fn what_is_no_configuration_fails_everything_with_the_place() {
    for (name, text, expected) in [
        ("servers", "{\n  \"mcpServers\": {,}\n}", "line 2 column 18"),
        ("servers", "[]", "must be a JSON object, not an array"),
        ("servers", "{\"mcpServers\": []}", "must be a JSON object under \"mcpServers\", not an array"),
        ("servers", "{\"servers\": []}", "must be a JSON object under \"servers\", not an array"),
        ("servers", "{\"files\": {\"url\": \"tell-nobody\"}}", "The variable \"servers\" has no servers"),
        ("secrets", "{\"A\": \"tell-nobody", "The variable \"secrets\" is not valid JSON"),
        ("secrets", "\"tell-nobody\"", "must be a JSON object, not a string"),
        ("secrets", "{\"A\": [\"tell-nobody\"]}", "\"A\" is an array"),
    ] {
        let host = MemoryHost::default();
        host.configure(&["x"]);
        host.set_text(name, text);
        let registry = host.registry();
        let failure = host.list(&registry).expect_err(text);
        assert_eq!(failure.kind, FailureKind::Configuration);
        assert!(failure.message.contains(expected), "{}", failure.message);
        assert!(!failure.message.contains("tell-nobody"), "{}", failure.message);
        assert_eq!(host.catalogs(&registry, &["x"])[0], Err(failure.clone()));
        assert_eq!(host.call(&registry, "x", "a", "{}"), Err(failure));
    }
}

#[test]
fn secrets_reach_the_server_and_nothing_else() {
    let host = MemoryHost::default();
    let upstream = host.serve("x", |received| match received.method() {
        "tools/call" => {
            let echo = format!("{} {}", received.header("authorization"), received.header("x-literal-key"));
            Answer::json(200, &received.result(servers::text_result(&echo)))
        }
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    let headers =
        json!({"Authorization": "Bearer ${TOKEN}", "X-Literal-Key": "literal-credential", "X-Region": "somewhere"});
    host.set("servers", &json!({"mcpServers": {"x": {"url": "https://x/mcp?api_key=${KEY}", "headers": headers}}}));
    host.set("secrets", &json!({"TOKEN": "token-value", "KEY": "key-value"}));

    let result = host.call(&host.registry(), "x", "a", "{}").expect("a result");
    assert_eq!(result, servers::text_result("[redacted] [redacted]").to_string());
    let call = upstream.received().pop().expect("a call");
    assert_eq!(call.header("authorization"), "Bearer token-value");
    assert_eq!(call.header("x-region"), "somewhere");
    for (key, record) in &*host.store.borrow() {
        let record = String::from_utf8_lossy(record);
        for credential in ["token-value", "key-value", "literal-credential"] {
            assert!(!record.contains(credential), "{key}: {record}");
        }
    }
}

#[test]
fn a_change_is_there_on_the_next_request() {
    let host = MemoryHost::default();
    host.serve("x", legacy(&["a"]));
    let other = host.serve("y", legacy(&["b"]));
    host.configure(&["x"]);
    let registry = host.registry();
    assert_eq!(host.catalogs(&registry, &["x"]), [Ok(vec!["a".to_string()])]);

    // The alias leads elsewhere: what was known under it counts no more, in memory and in the store.
    host.set("servers", &json!({"mcpServers": {"x": {"url": "https://y/mcp"}}}));
    assert_eq!(host.catalogs(&registry, &["x"]), [Ok(vec!["b".to_string()])]);
    assert_eq!(other.methods()[0], "server/discover");

    host.configure(&[]);
    assert_eq!(host.list(&registry), Ok(Vec::new()));
    let failure = host.catalogs(&registry, &["x"]).remove(0).expect_err("gone");
    assert_eq!(failure.kind, FailureKind::UnknownServer);
}
