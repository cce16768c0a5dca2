use crate::support::memory::Memory;
use crate::support::server::revealed;
use crate::support::{send, send_json};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

fn import(memory: &Memory, servers: &Value) -> Value {
    let answer = send_json(memory, Method::POST, "/import", &[], &json!({"mcpServers": servers}));
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["servers"].clone()
}

#[test]
fn each_server_is_taken_by_itself() {
    let memory = Memory::default();
    let servers = json!({
        "github": {"type": "http", "url": "https://mcp.example.com/mcp", "headers": {"Authorization": "Bearer t"}},
        "slow": {"url": "https://slow.example.com", "timeout": 60_000, "disabled": true},
        "files": {"command": "npx", "args": ["server-filesystem"]},
        "old": {"type": "sse", "url": "https://old.example.com/sse"},
        "declared": {"url": "https://a.example.com"},
        "not an alias": {"url": "https://a.example.com"},
        "text": "https://a.example.com",
        "near": {"url": "https://localhost/mcp"},
        "waiting": {"url": "https://a.example.com", "headers": {"authorization": "Bearer ${TOKEN}"}},
    });
    let outcomes = import(&memory, &servers);
    let words: Vec<_> =
        outcomes.as_array().expect("outcomes").iter().map(|one| one["outcome"].as_str().expect("a word")).collect();
    assert_eq!(words, ["created", "created", "skipped", "skipped", "skipped", "failed", "failed", "failed", "failed"]);
    assert_eq!(outcomes[0], json!({"alias": "github", "outcome": "created"}));
    for (at, word) in [
        (2, "command"),
        (3, "Streamable HTTP"),
        (4, "variable"),
        (5, "alias"),
        (6, "object"),
        (7, "/url"),
        (8, "${NAME}"),
    ] {
        let reason = outcomes[at]["reason"].as_str().expect("a reason");
        assert!(reason.contains(word), "{reason}");
    }
    let stored = memory.servers.borrow();
    assert_eq!(stored.keys().collect::<Vec<_>>(), ["github", "slow"]);
    assert_eq!(revealed(&stored["github"].input.headers["authorization"]), "Bearer t");
    assert_eq!((stored["slow"].input.timeout_ms, stored["slow"].input.enabled), (60_000, false));
}

#[test]
fn a_server_that_is_there_is_changed_where_the_entry_says_something() {
    let memory = Memory::default();
    let body = json!({"title": "GitHub", "url": "https://a.example.com", "headers": {"x": "one"}, "tools": {"default": "blocked"}});
    send_json(&memory, Method::PUT, "/servers/github", &[], &body);
    let outcomes = import(&memory, &json!({"github": {"url": "https://b.example.com"}}));
    assert_eq!(outcomes[0]["outcome"], "updated");
    let read = send(&memory, Method::GET, "/servers/github", &[]).body;
    assert_eq!((&read["title"], &read["url"]), (&json!("GitHub"), &json!("https://b.example.com")));
    assert_eq!((&read["headers"], &read["tools"]), (&json!({"x": null}), &json!({"default": "blocked"})));
}

#[test]
fn what_is_exported_can_be_imported() {
    let memory = Memory::default();
    let full = json!({
        "alias": "crm", "title": "CRM", "url": "https://crm.example.com", "headers": {"x-api-key": "planted"},
        "auth": {"type": "oauth2ClientCredentials", "clientId": "c", "method": "client_secret_basic", "clientSecret": "planted"},
        "timeoutMs": 500, "enabled": false, "tools": {"default": "blocked"},
    });
    assert_eq!(send_json(&memory, Method::POST, "/servers", &[], &full).status, StatusCode::CREATED);
    let exported = send(&memory, Method::GET, "/export", &[]);
    assert_eq!(
        exported.body,
        json!({"mcpServers": {
            "crm": {"type": "http", "title": "CRM", "url": "https://crm.example.com",
                "auth": {"type": "oauth2ClientCredentials", "clientId": "c", "method": "client_secret_basic"},
                "timeoutMs": 500, "enabled": false, "tools": {"default": "blocked"}},
            "declared": {"type": "http", "url": "https://declared.example.com/mcp", "timeoutMs": 25_000},
        }})
    );
    let outcomes = import(&memory, &exported.body["mcpServers"]);
    assert_eq!((&outcomes[0]["outcome"], &outcomes[1]["outcome"]), (&json!("updated"), &json!("skipped")));
    let after = send(&memory, Method::GET, "/export", &[]);
    assert_eq!(after.body, exported.body);
    assert_eq!(revealed(&memory.servers.borrow()["crm"].input.headers["x-api-key"]), "planted");
}

#[test]
fn all_servers_are_exported_however_many() {
    let memory = Memory::default();
    for number in 0..450 {
        send_json(&memory, Method::PUT, &format!("/servers/s{number}"), &[], &json!({"url": "https://a.example.com"}));
    }
    let exported = send(&memory, Method::GET, "/export", &[]);
    assert_eq!(exported.body["mcpServers"].as_object().map(Map::len), Some(451));
}

#[test]
fn what_is_off_under_either_name_is_off() {
    let memory = Memory::default();
    let url = "https://a.example.com";
    let servers = json!({
        "a": {"url": url, "disabled": true, "enabled": true},
        "b": {"url": url, "disabled": false, "enabled": false},
        "c": {"url": url, "disabled": false},
        "d": {"url": url, "disabled": "true"},
    });
    let outcomes = import(&memory, &servers);
    assert_eq!(outcomes[3]["outcome"], "failed", "it may be meant to be off");
    assert!(outcomes[3]["reason"].as_str().is_some_and(|reason| reason.contains("true or false")), "{outcomes}");
    let stored = memory.servers.borrow();
    assert_eq!(stored.len(), 3);
    assert_eq!(["a", "b", "c"].map(|alias| stored[alias].input.enabled), [false, false, true]);
}

#[test]
fn credentials_of_other_programs_are_told_to_be_left_out() {
    let headers = json!({"x-api-key": "planted"});
    let servers =
        json!({"a": {"url": "https://a.example.com", "http_headers": headers, "bearer_token_env_var": "TOKEN"}});
    let outcomes = import(&Memory::default(), &servers);
    assert_eq!(outcomes[0]["outcome"], "created");
    let notes = outcomes[0]["notes"].as_array().expect("notes");
    let told =
        r#"Credentials in "http_headers", "bearer_token_env_var" are not taken: give them in "headers" or "auth"."#;
    assert_eq!(notes, &[json!(told)]);
}

#[test]
fn as_many_as_may_exist_go_back_in_at_once() {
    let memory = Memory::default();
    let entry = json!({"type": "http", "url": "https://a.example.com", "title": "A".repeat(200),
        "description": "D".repeat(4_000), "timeoutMs": 25_000});
    let servers: Map<_, _> = (0..1_000).map(|number| (format!("s{number}"), entry.clone())).collect();
    let outcomes = import(&memory, &json!(servers));
    assert!(outcomes.as_array().is_some_and(|all| all.iter().all(|one| one["outcome"] == "created")));
    let exported = send(&memory, Method::GET, "/export", &[]);
    assert!(exported.text.len() > admin_api::MAX_BODY_BYTES);
    let again = send_json(&memory, Method::POST, "/import", &[], &exported.body);
    let words = |word: &str| {
        let outcomes = again.body["servers"].as_array().expect("outcomes");
        outcomes.iter().filter(|one| one["outcome"] == word).count()
    };
    assert_eq!((words("updated"), words("skipped")), (1_000, 1));
}

#[test]
fn both_collections_of_a_document_are_taken() {
    let memory = Memory::default();
    let entry = json!({"url": "https://a.example.com"});
    let document = json!({"mcpServers": {"a": entry}, "servers": {"b": entry}, "inputs": []});
    let answer = send_json(&memory, Method::POST, "/import", &[], &document);
    assert_eq!(
        answer.body,
        json!({"servers": [{"alias": "a", "outcome": "created"}, {"alias": "b", "outcome": "created"}],
            "notes": ["Passed over, since it means nothing here: \"inputs\"."]})
    );
}

#[test]
fn a_document_of_another_form_is_refused() {
    let memory = Memory::default();
    let many: Map<_, _> = (0..2_001).map(|number| (format!("s{number}"), json!({}))).collect();
    for (document, place) in [
        (json!({}), "/mcpServers"),
        (json!({"mcpServers": null}), "/mcpServers"),
        (json!({"mcpServers": []}), "/mcpServers"),
        (json!({"mcpServers": {}, "servers": "a"}), "/servers"),
        (json!({"mcpServers": many}), "/mcpServers"),
        (json!([]), ""),
    ] {
        let refused = send_json(&memory, Method::POST, "/import", &[], &document);
        assert_eq!((refused.problem(), refused.places()), ("invalid-body", vec![place]));
    }
}
