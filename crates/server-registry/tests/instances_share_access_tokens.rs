//! Access tokens are shared by all instances: when the server refuses one, one of them gets another.

mod support;

use futures::future::{join, join_all};
use http::Method;
use mcp_client::{Clock, within};
use scripted_upstream::{Answer, Received, Upstream, servers};
use serde_json::json;
use server_registry::{CallContext, Failure, FailureKind, Purpose, Registry, Visitor};
use std::{cell::Cell, rc::Rc, time::Duration};
use support::{MemoryHost, administer};

/// How long the authorization server takes for a token, and the MCP server for a call.
const TOKEN_MS: u64 = 100;
const CALL_MS: u64 = 20;

type Instance = Rc<Registry<MemoryHost>>;

/// A gateway, a server, and an authorization server that ends the older token when it gives another.
struct Gateway {
    host: MemoryHost,
    auth: Upstream,
    /// The number of the token that the server takes.
    valid: Rc<Cell<usize>>,
    /// For how many seconds a token is good.
    lifetime_s: Rc<Cell<u64>>,
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        host.set_text("encryption_key", &"5".repeat(64));
        let (valid, lifetime_s) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(3_600)));
        let takes = valid.clone();
        host.serve("x", move |received: &Received| {
            if received.header("authorization") != format!("Bearer token-{}", takes.get()) {
                return Answer::status(401).after(CALL_MS);
            }
            servers::modern(received).unwrap_or_else(|| match received.method() {
                "tools/list" => servers::tools(received, &["a"]),
                _ => Answer::json(200, &received.result(servers::text_result("done"))).after(CALL_MS),
            })
        });
        let (given, expires_in) = (valid.clone(), lifetime_s.clone());
        let mut number = 0;
        let auth = host.serve("auth", move |_: &Received| {
            number += 1;
            given.set(number);
            let token = format!("token-{number}");
            let answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in.get()});
            Answer::json(200, &answer).after(TOKEN_MS)
        });
        let gateway = Self { host, auth, valid, lifetime_s };
        gateway.register();
        gateway
    }

    fn register(&self) {
        let access = self.host.open(&self.host.registry()).expect("a configuration");
        let server = json!({"url": "https://x/mcp", "timeoutMs": 4_000, "auth": {
            "type": "oauth2ClientCredentials", "method": "client_secret_basic", "clientId": "bobbin",
            "clientSecret": "planted-secret", "tokenEndpoint": "https://auth/token",
        }});
        let (status, answer) = administer(&self.host, &access, Method::PUT, "/api/v1/servers/x", &server);
        assert!(status.is_success(), "{answer}");
    }

    fn instances(&self) -> Vec<Instance> {
        (0..10).map(|_| self.host.registry()).collect()
    }

    fn call(&self, instance: &Instance) -> Result<String, Failure> {
        self.host.run(call(instance))
    }

    /// Forty calls in all instances, each so much later than the one before.
    fn call_in_all(&self, instances: &[Instance], apart_ms: u64) {
        let calls = (0..40).map(|number| async move {
            self.host.clock.sleep(Duration::from_millis(apart_ms * number as u64)).await;
            call(&instances[number % instances.len()]).await.expect("a result");
        });
        self.host.run(join_all(calls));
    }

    /// No token that was given counts any more.
    fn revoke(&self) {
        self.valid.set(0);
    }

    fn tokens(&self) -> usize {
        self.auth.received().len()
    }

    fn is_marked(&self) -> bool {
        self.host.store.borrow().contains_key("signing-in/x")
    }
}

async fn call(instance: &Instance) -> Result<String, Failure> {
    let access = instance.sign_in(Visitor { key: None, is_local: true }, Purpose::CodeMode).await.expect("let in");
    access.call_tool("x", "a", "{}", CallContext::default()).await
}

#[test]
fn one_instance_signs_in_for_all() {
    for apart_ms in [0, 1, 10, 100] {
        let gateway = Gateway::new();
        let instances = gateway.instances();
        for round in 1..=3 {
            gateway.call_in_all(&instances, apart_ms);
            assert_eq!(gateway.tokens(), round, "{apart_ms} ms apart");
            assert!(!gateway.is_marked());
            gateway.revoke();
        }
    }
}

#[test]
fn also_where_the_token_is_about_to_expire() {
    let gateway = Gateway::new();
    let instances = gateway.instances();
    gateway.call_in_all(&instances, 0);
    gateway.host.clock.advance(3_595_000);
    gateway.call_in_all(&instances, 0);
    assert_eq!(gateway.tokens(), 2);
}

#[test]
fn a_token_that_another_instance_got_is_taken_when_the_own_one_is_refused() {
    let gateway = Gateway::new();
    let [one, other] = std::array::from_fn(|_| gateway.host.registry());
    for instance in [&one, &other] {
        gateway.call(instance).expect("a result");
    }
    gateway.revoke();
    gateway.call(&one).expect("a result with a new token");
    gateway.call(&other).expect("a result with the same");
    assert_eq!(gateway.tokens(), 2);
}

#[test]
fn tokens_may_be_refused_as_often_as_they_were_accepted() {
    let gateway = Gateway::new();
    let instance = gateway.host.registry();
    for tokens in 1..=5 {
        gateway.call(&instance).expect("a result");
        assert_eq!(gateway.tokens(), tokens);
        gateway.revoke();
    }
}

#[test]
fn where_no_token_is_accepted_each_instance_asks_for_few() {
    let gateway = Gateway::new();
    let [one, other] = std::array::from_fn(|_| gateway.host.registry());
    gateway.call(&one).expect("a result");
    gateway.call(&other).expect("a result");
    gateway.host.serve("x", |_: &Received| Answer::status(401));
    for instance in [&one, &other, &one, &other, &one, &other] {
        let failure = gateway.call(instance).expect_err("refused");
        assert_eq!(failure.kind, FailureKind::Authorization, "{}", failure.message);
    }
    assert_eq!(gateway.tokens(), 3, "one more for each");
}

#[test]
fn who_gives_up_signing_in_does_not_keep_the_others_from_it() {
    let gateway = Gateway::new();
    let [one, other] = std::array::from_fn(|_| gateway.host.registry());
    gateway.call(&one).expect("a result");
    gateway.call(&other).expect("a result");
    gateway.revoke();
    let leaves = within(&gateway.host.clock, CALL_MS + TOKEN_MS / 2, call(&one));
    let (left, stays) = gateway.host.run(join(leaves, call(&other)));
    assert!(left.is_none());
    stays.expect("a result, a little later");
    assert!(!gateway.is_marked());
}

#[test]
fn nor_does_a_store_that_fails() {
    let gateway = Gateway::new();
    let instance = gateway.host.registry();
    gateway.call(&instance).expect("a result");
    gateway.revoke();
    gateway.host.break_store("signing-in/");
    gateway.call(&instance).expect("a result");
    assert_eq!(gateway.tokens(), 2);
}

#[test]
fn who_cannot_use_the_token_of_another_instance_does_not_wait_for_it() {
    let gateway = Gateway::new();
    gateway.lifetime_s.set(5);
    let instance = gateway.host.registry();
    gateway.call(&instance).expect("a result");
    // As if another instance were at it all the time.
    gateway.host.store.borrow_mut().insert("signing-in/x".to_string(), b"1".to_vec());
    let before_ms = gateway.host.clock.monotonic_ms();
    gateway.call(&instance).expect("a result");
    assert_eq!(gateway.host.clock.monotonic_ms() - before_ms, TOKEN_MS + CALL_MS);
}

#[test]
fn an_authorization_server_that_is_slow_is_named() {
    let gateway = Gateway::new();
    gateway.host.serve("auth", |_: &Received| Answer::hangs());
    let instance = gateway.host.registry();
    let failure = gateway.call(&instance).expect_err("no token");
    assert_eq!(failure.kind, FailureKind::Authorization, "{}", failure.message);
    assert!(failure.message.contains("The authorization server https://auth took too long"), "{}", failure.message);
    // Another instance that signs in already is as slow.
    gateway.host.store.borrow_mut().insert("signing-in/x".to_string(), b"1".to_vec());
    let failure = gateway.call(&gateway.host.registry()).expect_err("no token");
    assert!(failure.message.contains("The authorization server https://auth took too long"), "{}", failure.message);
}
