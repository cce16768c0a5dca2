//! Credentials of servers that are registered through the API: at rest, in answers, and when keys change.

mod support;

use http::{Method, StatusCode};
use scripted_upstream::{Answer, Received, servers};
use serde_json::{Value, json};
use server_registry::FailureKind;
use support::{MemoryHost, administer, administer_with};

const OLD: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222222222222222222222222222";
const SECRET: &str = "planted-secret-0123456789";

/// A gateway that can seal, with a server `x` that tells which credentials came.
fn gateway() -> MemoryHost {
    let host = MemoryHost::default();
    host.set_text("encryption_key", OLD);
    for name in ["x", "y"] {
        host.serve(name, |received: &Received| {
            servers::modern(received).unwrap_or_else(|| match received.method() {
                "tools/list" => servers::tools(received, &["a"]),
                _ => {
                    let came = ["authorization", "x-api-key"].map(|name| received.header(name).replace("secret", "S"));
                    Answer::json(200, &received.result(servers::text_result(&came.join("|"))))
                }
            })
        });
    }
    host
}

fn ask(host: &MemoryHost, method: Method, alias: &str, body: &Value) -> (StatusCode, Value) {
    let access = host.open(&host.registry()).expect("a configuration");
    administer(host, &access, method, &format!("/api/v1/servers/{alias}"), body)
}

#[track_caller]
fn put(host: &MemoryHost, alias: &str, body: &Value) {
    let (status, answer) = ask(host, Method::PUT, alias, body);
    assert!(status.is_success(), "{status} {answer}");
}

/// The credentials with which a server is called, with `secret` as `S`.
fn used(host: &MemoryHost, alias: &str) -> Result<String, server_registry::Failure> {
    let result = host.call(&host.registry(), alias, "a", "{}")?;
    let result: Value = serde_json::from_str(&result).expect("JSON");
    Ok(result["content"][0]["text"].as_str().expect("a text").to_string())
}

fn record_key(host: &MemoryHost, alias: &str) -> String {
    let prefix = format!("server/{alias}/");
    let keys: Vec<String> = host.store.borrow().keys().filter(|key| key.starts_with(&prefix)).cloned().collect();
    let [key] = keys.as_slice() else { panic!("one record of {alias}: {keys:?}") };
    key.clone()
}

/// Changes bytes of a record, as somebody can who writes to the store.
fn tamper(host: &MemoryHost, record: &str, with: impl Fn(&str) -> String) {
    let stored = String::from_utf8(host.store.borrow()[record].clone()).expect("JSON");
    let changed = with(&stored);
    assert_ne!(changed, stored);
    host.store.borrow_mut().insert(record.to_string(), changed.into_bytes());
}

fn is_stored(host: &MemoryHost, text: &str) -> bool {
    host.store.borrow().values().any(|value| String::from_utf8_lossy(value).contains(text))
}

fn bearer() -> Value {
    json!({"url": "https://x/mcp", "auth": {"type": "bearer", "token": SECRET}})
}

fn header() -> Value {
    json!({"url": "https://x/mcp", "headers": {"X-Api-Key": SECRET}})
}

fn oauth() -> Value {
    json!({"url": "https://x/mcp", "auth": {
        "type": "oauth2ClientCredentials", "method": "client_secret_basic", "clientId": "bobbin",
        "clientSecret": SECRET, "tokenEndpoint": "https://auth/token",
    }})
}

#[test]
fn no_answer_log_line_or_stored_byte_has_one() {
    for server in [bearer(), header(), oauth()] {
        let host = gateway();
        put(&host, "x", &server);
        let access = host.open(&host.registry()).expect("a configuration");
        for (method, path) in [
            (Method::GET, "/api/v1/servers/x"),
            (Method::GET, "/api/v1/servers"),
            (Method::GET, "/api/v1/export"),
            (Method::POST, "/api/v1/servers/x/test"),
            (Method::POST, "/api/v1/servers/x/refresh"),
            (Method::GET, "/api/v1/servers/x/tools"),
            (Method::GET, "/api/v1/health"),
        ] {
            let answer = administer_with(&host, &access, method, path, &[], &Value::Null);
            let body = String::from_utf8_lossy(answer.body());
            assert!(!body.contains(SECRET), "{path}: {body}");
        }
        used(&host, "x").ok();
        host.run(access.call_tool("x", "a", "{}", server_registry::CallContext::default())).ok();
        assert!(!is_stored(&host, SECRET));
        assert!(host.printed.borrow().iter().all(|line| !line.contains(SECRET)));
    }
}

#[test]
fn they_reach_their_server() {
    let host = gateway();
    put(&host, "x", &bearer());
    assert_eq!(used(&host, "x").expect("a result"), "Bearer planted-S-0123456789|");
    put(&host, "x", &header());
    assert_eq!(used(&host, "x").expect("a result"), "|planted-S-0123456789");
}

#[test]
fn sealed_ones_open_nowhere_else() {
    for server in [bearer(), header()] {
        let host = gateway();
        put(&host, "x", &server);
        put(&host, "y", &json!({"url": "https://y/mcp"}));
        // Somebody who can write to the store wants the credential sent to another server.
        let stolen = String::from_utf8(host.store.borrow()[&record_key(&host, "x")].clone()).expect("JSON");
        tamper(&host, &record_key(&host, "y"), |_| stolen.replace("https://x/mcp", "https://y/mcp"));
        let failure = used(&host, "y").expect_err("it does not open");
        assert_eq!(failure.kind, FailureKind::Configuration);
        assert!(failure.message.starts_with("Server \"y\" cannot be signed in at"), "{}", failure.message);
        assert!(failure.message.contains("belongs elsewhere"), "{}", failure.message);
    }
}

#[test]
fn nor_in_another_place_of_the_same_record() {
    let host = gateway();
    put(&host, "x", &header());
    tamper(&host, &record_key(&host, "x"), |stored| stored.replace("x-api-key", "x-forwarded-for"));
    let failure = used(&host, "x").expect_err("it does not open");
    assert!(failure.message.contains("/headers/x-forwarded-for"), "{}", failure.message);
}

#[test]
fn an_older_key_opens_and_the_newest_seals_with_the_next_change() {
    let host = gateway();
    put(&host, "x", &bearer());
    host.set_text("encryption_key", &format!("{NEW},{OLD}"));
    assert_eq!(used(&host, "x").expect("the old key opens"), "Bearer planted-S-0123456789|");
    let (status, answer) = ask(&host, Method::PATCH, "x", &json!({"title": "X"}));
    assert_eq!(status, StatusCode::OK, "{answer}");
    host.set_text("encryption_key", NEW);
    assert_eq!(used(&host, "x").expect("sealed anew"), "Bearer planted-S-0123456789|");
    host.set_text("encryption_key", OLD);
    used(&host, "x").expect_err("the old key does not open it any more");
}

#[test]
fn a_lost_key_fails_the_servers_that_need_it_and_says_what_to_do() {
    let host = gateway();
    put(&host, "x", &bearer());
    put(&host, "y", &json!({"url": "https://y/mcp"}));
    for (key, words) in [(NEW, "set the secret again"), ("", "\"encryption_key\"")] {
        host.set_text("encryption_key", key);
        let failure = used(&host, "x").expect_err("its credential does not open");
        assert_eq!(failure.kind, FailureKind::Configuration);
        assert!(failure.message.contains(words), "{}", failure.message);
        assert_eq!(used(&host, "y").as_deref(), Ok("|"));
        assert_eq!(ask(&host, Method::GET, "x", &Value::Null).0, StatusCode::OK, "it can be read, and so repaired");
    }
    host.set_text("encryption_key", NEW);
    let (status, refused) = ask(&host, Method::PATCH, "x", &json!({"title": "X"}));
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(refused["type"], "urn:bobbin:problem:secret-missing", "{refused}");
    assert_eq!(refused["errors"][0]["pointer"], "/auth/token", "{refused}");
    put(&host, "x", &bearer());
    assert_eq!(used(&host, "x").expect("set again"), "Bearer planted-S-0123456789|");
}

#[test]
fn without_a_key_none_is_taken_and_the_answer_says_what_to_do() {
    let host = gateway();
    host.set_text("encryption_key", "");
    for server in [bearer(), header(), oauth()] {
        let (status, refused) = ask(&host, Method::PUT, "x", &server);
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(refused["type"], "urn:bobbin:problem:no-encryption-key");
        let detail = refused["detail"].as_str().expect("a text");
        assert!(detail.contains("Set the variable \"encryption_key\""), "{detail}");
        assert!(!refused.to_string().contains(SECRET));
    }
    assert_eq!(ask(&host, Method::GET, "x", &Value::Null).0, StatusCode::NOT_FOUND);
    put(&host, "x", &json!({"url": "https://x/mcp"}));
}

#[test]
fn a_key_that_is_none_seals_nothing() {
    let host = gateway();
    host.set_text("encryption_key", "short");
    let (status, refused) = ask(&host, Method::PUT, "x", &bearer());
    assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("urn:bobbin:problem:no-encryption-key")));
    let detail = refused["detail"].as_str().expect("a text");
    assert!(detail.contains("key 1 of the encryption key is not 32 bytes"), "{detail}");
    assert!(!detail.contains("short"), "{detail}");
    put(&host, "y", &json!({"url": "https://y/mcp"}));
    assert_eq!(used(&host, "y").as_deref(), Ok("|"));
}

#[test]
fn null_keeps_what_is_stored_while_the_server_is_the_same() {
    let host = gateway();
    put(&host, "x", &bearer());
    let kept = json!({"url": "https://x/other/path", "auth": {"type": "bearer", "token": null}});
    put(&host, "x", &kept);
    assert_eq!(used(&host, "x").expect("kept"), "Bearer planted-S-0123456789|");
    for url in ["https://y/mcp", "https://x:8443/mcp", "https://x.y/mcp"] {
        let mut elsewhere = kept.clone();
        elsewhere["url"] = json!(url);
        let (status, refused) = ask(&host, Method::PUT, "x", &elsewhere);
        assert_eq!(status, StatusCode::CONFLICT, "{url}: {refused}");
        assert_eq!(refused["errors"][0]["pointer"], "/auth/token", "{url}: {refused}");
        let (status, _) = ask(&host, Method::PATCH, "x", &json!({"url": url}));
        assert_eq!(status, StatusCode::CONFLICT, "{url}");
    }
    assert_eq!(used(&host, "x").expect("nothing was changed"), "Bearer planted-S-0123456789|");
    let (status, refused) = ask(&host, Method::PUT, "new", &kept);
    assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("urn:bobbin:problem:secret-missing")));
}

#[test]
fn a_client_secret_is_kept_for_the_same_authorization_server_only() {
    let host = gateway();
    put(&host, "x", &oauth());
    let change = |change: Value| {
        let mut auth =
            json!({"type": "oauth2ClientCredentials", "method": "client_secret_basic", "clientId": "bobbin"});
        auth.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        ask(&host, Method::PATCH, "x", &json!({ "auth": auth })).0
    };
    assert_eq!(change(json!({"scope": "read"})), StatusCode::OK);
    assert_eq!(change(json!({"tokenEndpoint": "https://y/token"})), StatusCode::CONFLICT);
    assert_eq!(change(json!({"tokenEndpoint": null})), StatusCode::CONFLICT);
    assert_eq!(change(json!({"tokenEndpoint": "https://y/token", "clientSecret": "another"})), StatusCode::OK);
}

#[test]
fn a_header_is_removed_by_null_in_a_patch() {
    let host = gateway();
    let mut server = header();
    server["headers"]["Authorization"] = json!("Basic secret-of-another-kind");
    put(&host, "x", &server);
    assert_eq!(used(&host, "x").expect("both"), "Basic S-of-another-kind|planted-S-0123456789");
    let (status, answer) = ask(&host, Method::PATCH, "x", &json!({"headers": {"x-api-key": null}}));
    assert_eq!((status, &answer["headers"]), (StatusCode::OK, &json!({"authorization": null})), "{answer}");
    assert_eq!(used(&host, "x").expect("one"), "Basic S-of-another-kind|");
    let (status, answer) = ask(&host, Method::PATCH, "x", &json!({"headers": null}));
    assert_eq!((status, &answer["headers"]), (StatusCode::OK, &json!({})), "{answer}");
    assert_eq!(used(&host, "x").expect("none"), "|");
}

#[test]
fn a_credential_in_a_url_is_neither_stored_nor_shown() {
    let host = gateway();
    for url in ["https://x/mcp?api_key=planted", "https://x/mcp?a=1&Token=planted&b"] {
        let (status, answer) = ask(&host, Method::PUT, "x", &json!({ "url": url }));
        let problem = answer["type"].as_str().unwrap_or_default();
        assert_eq!((status, problem), (StatusCode::FORBIDDEN, "urn:bobbin:problem:address-refused"));
        assert!(!answer.to_string().contains("planted") && !is_stored(&host, "planted"), "{answer}");
    }
    put(&host, "x", &json!({"url": "https://x/mcp?region=eu&key="}));
}
