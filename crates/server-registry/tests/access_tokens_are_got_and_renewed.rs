//! OAuth 2 client credentials towards a server that is registered through the API.

mod support;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures::{StreamExt, future::join_all};
use http::{Method, Request, StatusCode};
use scripted_upstream::{Answer, Received, Upstream, servers};
use serde_json::{Value, json};
use server_registry::{CallContext, Failure, FailureKind, Registry};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use support::{MemoryHost, administer};

const SECRET: &str = "planted-client-secret";
const TOKEN: &str = "planted-access-token-";
const MINUTE_MS: u64 = 60_000;

/// A gateway, the server `x` that wants tokens, and the authorization server `auth` that gives them for a minute.
struct Gateway {
    host: MemoryHost,
    server: Upstream,
    auth: Upstream,
    /// Tokens up to this number are refused by the server.
    refused: Rc<Cell<usize>>,
    /// Where the server says that tokens come from.
    issuer: Rc<RefCell<String>>,
}

/// The number of the token with which a request came.
fn number(received: &Received) -> Option<usize> {
    received.header("authorization").strip_prefix("Bearer ")?.strip_prefix(TOKEN)?.parse().ok()
}

/// Gives tokens, each with the next number.
fn authorization_server(name: &'static str) -> impl FnMut(&Received) -> Answer {
    let mut given = 0;
    move |received| match received.url.path() {
        "/.well-known/oauth-authorization-server" => Answer::json(
            200,
            &json!({
                "issuer": format!("https://{name}"), "token_endpoint": format!("https://{name}/token"),
            }),
        ),
        "/token" => {
            given += 1;
            let token = format!("{TOKEN}{given}");
            Answer::json(200, &json!({"access_token": token, "token_type": "Bearer", "expires_in": 60})).after(20)
        }
        _ => Answer::status(404),
    }
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        host.set_text("encryption_key", &"5".repeat(64));
        let (refused, issuer) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new("https://auth".to_string())));
        let (refuses_up_to, names) = (refused.clone(), issuer.clone());
        let server = host.serve("x", move |received: &Received| {
            if received.url.path() == "/hidden/metadata" {
                let metadata = json!({"resource": "https://x/mcp", "authorization_servers": [*names.borrow()]});
                return Answer::json(200, &metadata);
            }
            if received.url.path() != "/mcp" {
                return Answer::status(404);
            }
            if number(received).is_none_or(|number| number <= refuses_up_to.get()) {
                let challenge = "Bearer resource_metadata=\"https://x/hidden/metadata\"";
                return Answer::status(401).header("www-authenticate", challenge);
            }
            servers::modern(received).unwrap_or_else(|| {
                let came = received.header("authorization").to_string();
                match (received.method(), received.tool()) {
                    ("tools/list", _) => servers::tools(received, &["echo", "fail"]),
                    (_, "echo") => Answer::json(200, &received.result(servers::text_result(&came))),
                    (_, "fail") => Answer::json(200, &received.error(-32_000, &format!("no: {came}"))),
                    _ => Answer::text(500, "text/plain", &came),
                }
            })
        });
        let auth = host.serve("auth", authorization_server("auth"));
        Self { host, server, auth, refused, issuer }
    }

    /// The same, and the server registered with a token endpoint.
    fn registered() -> Self {
        let gateway = Self::new();
        gateway.register(&credentials(&json!({"tokenEndpoint": "https://auth/token"})));
        gateway
    }

    fn register(&self, server: &Value) {
        let (status, answer) = self.ask(Method::PUT, "/servers/x", server);
        assert!(status.is_success(), "{answer}");
    }

    fn ask(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let access = self.host.open(&self.host.registry()).expect("a configuration");
        administer(&self.host, &access, method, &format!("/api/v1{path}"), body)
    }

    fn call(&self, tool: &str) -> Result<String, Failure> {
        self.call_at(&self.host.registry(), tool)
    }

    fn call_at(&self, registry: &Rc<Registry<MemoryHost>>, tool: &str) -> Result<String, Failure> {
        self.host.call(registry, "x", tool, "{}")
    }

    fn token_requests(&self) -> usize {
        token_requests(&self.auth)
    }

    /// The number of the token that came with the last request.
    fn last_token(&self) -> Option<usize> {
        self.server.received().last().and_then(number)
    }
}

fn token_requests(auth: &Upstream) -> usize {
    auth.received().iter().filter(|received| received.url.path() == "/token").count()
}

/// The server with a client secret, and more of how to sign in.
fn credentials(more: &Value) -> Value {
    let mut auth = json!({
        "type": "oauth2ClientCredentials", "method": "client_secret_basic", "clientId": "bobbin", "clientSecret": SECRET,
    });
    auth.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    json!({"url": "https://x/mcp", "auth": auth})
}

#[test]
fn one_request_gets_the_token_for_many_calls_at_once() {
    let gateway = Gateway::registered();
    let access = gateway.host.open(&gateway.host.registry()).expect("a configuration");
    let calls = (0..5).map(|_| access.call_tool("x", "echo", "{}", CallContext::default()));
    let results = gateway.host.run(join_all(calls));
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((gateway.token_requests(), gateway.last_token()), (1, Some(1)));
    let asked = gateway.auth.received().remove(0);
    assert_eq!(asked.header("authorization"), format!("Basic {}", STANDARD.encode(format!("bobbin:{SECRET}"))));
    let form = String::from_utf8(asked.bytes.to_vec()).expect("a form");
    assert!(form.contains("grant_type=client_credentials"), "{form}");
    assert!(form.contains("resource=https%3A%2F%2Fx%2Fmcp"), "{form}");
}

#[test]
fn a_token_that_is_refused_is_renewed_once() {
    let gateway = Gateway::registered();
    let registry = gateway.host.registry();
    gateway.call_at(&registry, "echo").expect("a result");
    gateway.refused.set(1);
    gateway.call_at(&registry, "echo").expect("a result with a new token");
    assert_eq!((gateway.token_requests(), gateway.last_token()), (2, Some(2)));
    gateway.host.clock.advance(MINUTE_MS);
    gateway.refused.set(100);
    let failure = gateway.call_at(&registry, "echo").expect_err("no token is good");
    assert_eq!(failure.kind, FailureKind::Authorization, "{}", failure.message);
    assert_eq!(gateway.token_requests(), 4, "one that was due, and one instead of it");
}

#[test]
fn a_token_is_replaced_before_it_expires() {
    let gateway = Gateway::registered();
    let registry = gateway.host.registry();
    for (advance_ms, requests) in [(0, 1), (MINUTE_MS / 2, 1), (MINUTE_MS / 2, 2)] {
        gateway.host.clock.advance(advance_ms);
        gateway.call_at(&registry, "echo").expect("a result");
        assert_eq!(gateway.token_requests(), requests);
    }
}

#[test]
fn an_authorization_server_that_refuses_is_named_and_no_secret_is() {
    let gateway = Gateway::registered();
    gateway.host.serve("auth", |received: &Received| {
        let description = format!("not {} for {SECRET}", received.header("authorization"));
        Answer::json(401, &json!({"error": "invalid_client", "error_description": description}))
    });
    let failure = gateway.call("echo").expect_err("no token");
    assert_eq!(failure.kind, FailureKind::Authorization);
    assert!(failure.message.contains("https://auth"), "{}", failure.message);
    assert!(failure.message.contains("invalid_client"), "{}", failure.message);
    for secret in [SECRET, &*STANDARD.encode(format!("bobbin:{SECRET}"))] {
        assert!(!failure.message.contains(secret), "{}", failure.message);
    }
    let (_, report) = gateway.ask(Method::POST, "/servers/x/test", &Value::Null);
    assert_eq!(report["error"]["kind"], "authorization", "{report}");
    assert!(!report.to_string().contains(SECRET), "{report}");
    assert_eq!(gateway.server.received().len(), 0, "nothing went to the server");
}

#[test]
fn a_server_that_repeats_the_token_tells_nobody() {
    let gateway = Gateway::registered();
    let result = gateway.call("echo").expect("a result");
    assert!(result.contains("[redacted]") && !result.contains(TOKEN), "{result}");
    for tool in ["fail", "other"] {
        let failure = gateway.call(tool).expect_err("an error");
        assert!(!failure.message.contains(TOKEN), "{}", failure.message);
        assert!(failure.data.is_none_or(|data| !data.contains(TOKEN)));
    }
    assert!(gateway.host.printed.borrow().iter().all(|line| !line.contains(TOKEN)));
}

#[test]
fn nor_a_client_whose_requests_pass_through() {
    let gateway = Gateway::registered();
    for tool in ["echo", "fail"] {
        let access = gateway.host.open(&gateway.host.registry()).expect("a configuration");
        let params = json!({"name": tool, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
        }});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
        let request = Request::post("/mcp/x")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2026-07-28")
            .body(Bytes::from(body))
            .expect("a request");
        let answer = gateway.host.run(access.forward("x", request)).expect("an answer");
        let chunks: Vec<_> = gateway.host.run(answer.into_body().collect());
        let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("a whole body")).collect();
        let text = String::from_utf8(bytes).expect("JSON");
        assert!(text.contains("Bearer [redacted]") && !text.contains(TOKEN), "{text}");
    }
}

#[test]
fn the_server_may_say_where_tokens_come_from() {
    let gateway = Gateway::new();
    gateway.register(&credentials(&json!({})));
    gateway.call("echo").expect("found by the challenge of a 401");
    assert_eq!((gateway.token_requests(), gateway.last_token()), (1, Some(1)));
    let came = gateway.server.received();
    assert!(came.iter().any(|received| received.url.path() == "/hidden/metadata"));
    assert!(came.iter().all(|received| !received.header("authorization").contains("Basic")));
}

#[test]
fn a_fresh_instance_takes_the_token_of_another_one() {
    let gateway = Gateway::registered();
    for _ in 0..3 {
        gateway.call("echo").expect("a result");
    }
    assert_eq!(gateway.token_requests(), 1);
    for value in gateway.host.store.borrow().values() {
        let value = String::from_utf8_lossy(value);
        assert!(!value.contains(TOKEN) && !value.contains(SECRET), "{value}");
    }
    gateway.refused.set(1);
    gateway.call("echo").expect("a result with a new token");
    gateway.call("echo").expect("a result");
    assert_eq!((gateway.token_requests(), gateway.last_token()), (2, Some(2)), "the new one was kept, too");
    gateway.host.clock.advance(MINUTE_MS);
    gateway.call("echo").expect("a result");
    assert_eq!((gateway.token_requests(), gateway.last_token()), (3, Some(3)), "an old one is not used");
}

#[test]
fn a_kept_token_is_for_nothing_but_what_it_was_given_for() {
    let gateway = Gateway::registered();
    gateway.call("echo").expect("a result");
    let kept = gateway.host.store.borrow()["token/x"].clone();
    let changes = [
        json!({"clientSecret": "planted-other-secret"}),
        json!({"scope": "read"}),
        json!({"clientId": "another", "clientSecret": SECRET}),
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut more = json!({"tokenEndpoint": "https://auth/token"});
        more.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        gateway.register(&credentials(&more));
        gateway.call("echo").expect("a result");
        assert_eq!(gateway.token_requests(), at + 2, "{change}");
    }
    // Somebody who can write to the store puts the first one back, under the mark of the server as it is now.
    let fingerprint = |record: &[u8]| {
        let record: Value = serde_json::from_slice(record).expect("JSON");
        record["fingerprint"].as_str().expect("a text").to_string()
    };
    let now = gateway.host.store.borrow()["token/x"].clone();
    assert_ne!(fingerprint(&kept), fingerprint(&now));
    let forged = String::from_utf8(kept.clone()).expect("JSON").replace(&fingerprint(&kept), &fingerprint(&now));
    gateway.host.store.borrow_mut().insert("token/x".to_string(), forged.into_bytes());
    gateway.call("echo").expect("a result");
    assert_eq!((gateway.token_requests(), gateway.last_token()), (5, Some(5)));
}

#[test]
fn a_token_goes_with_its_server() {
    let gateway = Gateway::registered();
    gateway.call("echo").expect("a result");
    assert!(gateway.host.store.borrow().contains_key("token/x"));
    assert_eq!(gateway.ask(Method::DELETE, "/servers/x", &Value::Null).0, StatusCode::NO_CONTENT);
    assert!(!gateway.host.store.borrow().contains_key("token/x"));
}

#[test]
fn and_with_the_need_for_it() {
    let gateway = Gateway::registered();
    gateway.call("echo").expect("a result");
    gateway.register(&json!({"url": "https://x/mcp", "auth": {"type": "bearer", "token": "planted-bearer"}}));
    assert!(!gateway.host.store.borrow().contains_key("token/x"));
}

#[test]
fn a_key_that_is_new_seals_the_next_token_and_one_that_is_lost_costs_a_token() {
    let gateway = Gateway::registered();
    let registry = gateway.host.registry();
    gateway.call_at(&registry, "echo").expect("a result");
    gateway.host.set_text("encryption_key", &format!("{},{}", "6".repeat(64), "5".repeat(64)));
    gateway.call_at(&registry, "echo").expect("a result");
    assert_eq!(gateway.token_requests(), 1, "the old key opens");
    gateway.host.clock.advance(MINUTE_MS);
    gateway.call_at(&registry, "echo").expect("a result");
    assert_eq!(gateway.ask(Method::PATCH, "/servers/x", &json!({"title": "X"})).0, StatusCode::OK);
    gateway.host.set_text("encryption_key", &"6".repeat(64));
    gateway.call("echo").expect("a result");
    assert_eq!(gateway.token_requests(), 2, "the new key has sealed");
    gateway.host.store.borrow_mut().insert("token/x".to_string(), b"{\"version\":1".to_vec());
    gateway.call("echo").expect("a result");
    assert_eq!(gateway.token_requests(), 3, "a damaged one is as good as none");
}

#[test]
fn a_test_gets_a_token_of_its_own_and_keeps_none() {
    let gateway = Gateway::registered();
    for requests in [1, 2] {
        let (_, report) = gateway.ask(Method::POST, "/servers/x/test", &Value::Null);
        assert_eq!((&report["ok"], gateway.token_requests()), (&json!(true), requests), "{report}");
        assert!(!gateway.host.store.borrow().contains_key("token/x"));
    }
    gateway.call("echo").expect("a result");
    let kept = gateway.host.store.borrow()["token/x"].clone();
    gateway.ask(Method::POST, "/servers/x/test", &Value::Null);
    assert_eq!((gateway.token_requests(), gateway.host.store.borrow()["token/x"].clone()), (4, kept));
}

#[test]
fn a_server_that_names_another_authorization_server_later_gets_nothing_sent_there() {
    let gateway = Gateway::new();
    gateway.register(&credentials(&json!({})));
    gateway.call("echo").expect("a result");
    let thief = gateway.host.serve("thief", authorization_server("thief"));
    gateway.issuer.replace("https://thief".to_string());
    gateway.host.clock.advance(MINUTE_MS);
    let failure = gateway.call("echo").expect_err("the credentials are bound to the first one");
    assert_eq!(failure.kind, FailureKind::Authorization, "{}", failure.message);
    assert!(failure.message.contains("https://thief"), "{}", failure.message);
    let (_, report) = gateway.ask(Method::POST, "/servers/x/test", &Value::Null);
    assert_eq!(report["ok"], false, "a test is bound as well: {report}");
    assert_eq!(token_requests(&thief), 0);

    gateway.register(&credentials(&json!({"issuer": "https://thief"})));
    gateway.call("echo").expect("the operator knows better");
    assert_eq!(token_requests(&thief), 1);
}
