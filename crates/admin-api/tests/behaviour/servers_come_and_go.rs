use crate::support::memory::Memory;
use crate::support::server::revealed;
use crate::support::{send, send_json};
use http::{Method, StatusCode, header};
use serde_json::json;

#[test]
fn a_server_is_made_read_replaced_and_deleted() {
    let memory = Memory::default();
    let body = json!({"alias": "github", "url": "https://mcp.example.com/mcp", "title": "GitHub"});
    let made = send_json(&memory, Method::POST, "/servers", &[], &body);
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.header(header::LOCATION), "/api/v1/servers/github");
    let read = send(&memory, Method::GET, "/servers/github", &[]);
    assert_eq!((read.status, &read.body, read.etag()), (StatusCode::OK, &made.body, made.etag()));
    assert_eq!(
        read.body,
        json!({
            "alias": "github", "title": "GitHub", "url": "https://mcp.example.com/mcp", "headers": {},
            "auth": {"type": "none"}, "timeoutMs": 25_000, "enabled": true, "codeMode": true, "learnTypes": true,
            "tools": {"default": "allowed"}, "source": "api", "version": 1,
            "createdAt": "2023-11-14T22:13:20.001Z", "updatedAt": "2023-11-14T22:13:20.001Z",
        })
    );
    let replaced = send_json(&memory, Method::PUT, "/servers/github", &[], &json!({"url": "https://b.example.com"}));
    assert_eq!((replaced.status, &replaced.body["title"]), (StatusCode::OK, &json!(null)));
    assert_eq!(send(&memory, Method::DELETE, "/servers/github", &[]).status, StatusCode::NO_CONTENT);
    assert_eq!(send(&memory, Method::GET, "/servers/github", &[]).problem(), "not-found");
}

#[test]
fn put_makes_what_is_not_there() {
    let memory = Memory::default();
    let made = send_json(&memory, Method::PUT, "/servers/a", &[], &json!({"url": "https://a.example.com"}));
    assert_eq!((made.status, made.header(header::LOCATION)), (StatusCode::CREATED, "/api/v1/servers/a"));
}

#[test]
fn a_view_can_be_put_back() {
    let memory = Memory::default();
    let body = json!({
        "alias": "crm", "description": "Customers.\nAll of them.", "url": "https://crm.example.com/mcp?a=b",
        "headers": {"X-Api-Key": "one"}, "timeoutMs": 100, "enabled": false, "codeMode": false, "learnTypes": false,
        "auth": {"type": "oauth2ClientCredentials", "clientId": "bobbin", "method": "private_key_jwt",
            "privateKey": "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n", "keyId": "k1",
            "algorithm": "EdDSA", "scope": "read write", "tokenEndpoint": "https://login.example.com/token"},
        "tools": {"default": "blocked", "rules": [{"class": "readOnly", "access": "allowed"}],
            "annotations": {"run": {"readOnlyHint": false}}},
    });
    let made = send_json(&memory, Method::POST, "/servers", &[], &body);
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let mut read = send(&memory, Method::GET, "/servers/crm", &[]);
    read.body["version"] = json!("of another time");
    let put = send_json(&memory, Method::PUT, "/servers/crm", &[("if-match", &read.etag())], &read.body);
    assert_eq!(put.status, StatusCode::OK, "{}", put.body);
    for unchanged in
        ["description", "url", "headers", "auth", "timeoutMs", "enabled", "codeMode", "learnTypes", "tools"]
    {
        assert_eq!(put.body[unchanged], made.body[unchanged]);
    }
    assert_eq!((&put.body["alias"], &put.body["version"]), (&json!("crm"), &json!(2)));
    assert_eq!(revealed(&memory.servers.borrow()["crm"].input.headers["x-api-key"]), "one");
}

#[test]
fn what_the_operator_declared_is_shown_and_not_changed() {
    let memory = Memory::default();
    let shown = send(&memory, Method::GET, "/servers/declared", &[]);
    assert_eq!((&shown.body["source"], shown.etag().is_empty()), (&json!("variable"), false));
    let url = json!({"url": "https://a.example.com"});
    assert_eq!(send_json(&memory, Method::PUT, "/servers/declared", &[], &url).problem(), "declared");
    assert_eq!(send_json(&memory, Method::PATCH, "/servers/declared", &[], &url).problem(), "declared");
    assert_eq!(send(&memory, Method::DELETE, "/servers/declared", &[]).problem(), "declared");
}

#[test]
fn connections_tools_and_health_are_reported() {
    let memory = Memory::default();
    let test = send(&memory, Method::POST, "/servers/declared/test", &[]);
    assert_eq!(test.body["error"]["kind"], "unreachable");
    assert_eq!(send(&memory, Method::POST, "/servers/declared/refresh", &[]).body, json!({"ok": true, "toolCount": 3}));
    let tools = send(&memory, Method::GET, "/servers/declared/tools", &[]);
    assert_eq!(
        tools.body["items"][1],
        json!({"name": "read", "title": "Read", "annotations": {"readOnlyHint": true}, "class": "readOnly", "access": "allowed"})
    );
    assert_eq!(tools.body["items"][0]["class"], "destructive");
    let health = send(&memory, Method::GET, "/servers/declared/health", &[]);
    assert_eq!(health.body["catalog"]["fetchedAt"], "1970-01-01T00:00:00Z");
    assert_eq!(send(&memory, Method::GET, "/health", &[]).body["items"][0], health.body);
}
