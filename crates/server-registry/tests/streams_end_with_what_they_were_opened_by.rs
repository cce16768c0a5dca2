//! A stream that passes through is open for as long as its caller may use the server, and not for as long as it likes.

mod support;

use bytes::Bytes;
use futures::StreamExt;
use http::{Method, Request};
use mcp_client::Clock;
use scripted_upstream::{Answer, Received, Step, servers};
use serde_json::{Value, json};
use server_registry::{Access, Purpose};
use support::{MemoryHost, administer};

const ADMIN: &str = "the-key-of-the-operator";

/// An event every half second, without end.
fn server(received: &Received) -> Answer {
    match received.http_method {
        Method::GET => {
            let ticks = (0..200).flat_map(|_| [Step::Wait(500), Step::text(": tick\n\n")]);
            Answer::sse(ticks.collect())
        }
        _ => servers::legacy(received).unwrap_or_else(|| Answer::json(200, &received.result(json!({"tools": []})))),
    }
}

struct Gateway {
    host: MemoryHost,
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        host.serve("x", server);
        let gateway = Self { host };
        gateway.administer(Method::PUT, "/servers/x", &json!({"url": "https://x/mcp"}));
        gateway
    }

    /// By another instance.
    fn administer(&self, method: Method, path: &str, body: &Value) -> Value {
        let key = Some(ADMIN).filter(|_| self.has_admin_key());
        let access = self.host.sign_in(&self.host.registry(), key, Purpose::Direct).expect("the operator");
        let (status, answer) = administer(&self.host, &access, method, &format!("/api/v1{path}"), body);
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }

    fn has_admin_key(&self) -> bool {
        self.host.sign_in(&self.host.registry(), None, Purpose::Direct).is_err()
    }

    fn sign_in(&self, key: Option<&str>) -> Access<MemoryHost> {
        self.host.sign_in(&self.host.registry(), key, Purpose::Direct).expect("a caller")
    }

    /// For how long a stream goes on once something was done; `None` when it goes on to its end.
    fn goes_on_ms(&self, access: &Access<MemoryHost>, then: impl FnOnce()) -> Option<u64> {
        let request = Request::get("/mcp/x").header("accept", "text/event-stream").body(Bytes::new());
        let answer = self.host.run(access.forward("x", request.expect("a request"))).expect("a stream");
        let mut body = answer.into_body();
        for _ in 0..20 {
            assert!(self.host.run(body.next()).is_some_and(|chunk| chunk.is_ok()), "it goes on");
        }
        then();
        let (began_ms, mut chunks) = (self.host.monotonic_ms(), 20);
        while let Some(chunk) = self.host.run(body.next()) {
            chunk.expect("it ends between two events");
            chunks += 1;
        }
        (chunks < 200).then(|| self.host.monotonic_ms() - began_ms)
    }
}

#[test]
fn when_the_key_or_the_server_is_taken_away() {
    type Taken = fn(&Gateway, &str);
    let ways: [Taken; 6] = [
        |gateway, id| drop(gateway.administer(Method::DELETE, &format!("/keys/{id}"), &Value::Null)),
        |gateway, id| {
            let expiry = json!({"expiresAt": "2020-01-01T00:00:00Z"});
            drop(gateway.administer(Method::PATCH, &format!("/keys/{id}"), &expiry));
        },
        |gateway, id| drop(gateway.administer(Method::PATCH, &format!("/keys/{id}"), &json!({"servers": ["y"]}))),
        |gateway, _| drop(gateway.administer(Method::PATCH, "/servers/x", &json!({"enabled": false}))),
        |gateway, _| drop(gateway.administer(Method::DELETE, "/servers/x", &Value::Null)),
        |gateway, _| gateway.host.set("servers", &json!({"mcpServers": {"x": {"url": "https://x/mcp"}}})),
    ];
    for (position, way) in ways.into_iter().enumerate() {
        let gateway = Gateway::new();
        let key = gateway.administer(Method::POST, "/keys", &json!({"name": "client"}));
        gateway.host.set_text("admin_key", ADMIN);
        let access = gateway.sign_in(key["key"].as_str());
        let goes_on = gateway.goes_on_ms(&access, || way(&gateway, key["id"].as_str().expect("an id")));
        // The last one changes nothing for the caller.
        let is_taken = position < 5;
        assert_eq!(goes_on.is_some_and(|ms| ms <= 5_000), is_taken, "{position}: {goes_on:?}");
    }
}

#[test]
fn a_store_that_fails_takes_nothing_away_and_where_no_key_is_needed_none_is_looked_at() {
    let gateway = Gateway::new();
    let local = gateway.sign_in(None);
    let mut reads = 0;
    let goes_on = gateway.goes_on_ms(&local, || reads = gateway.host.reads.borrow().len());
    assert_eq!((goes_on, gateway.host.reads.borrow().len()), (None, reads));

    let key = gateway.administer(Method::POST, "/keys", &json!({"name": "client"}));
    gateway.host.set_text("admin_key", ADMIN);
    let access = gateway.sign_in(key["key"].as_str());
    let goes_on = gateway.goes_on_ms(&access, || gateway.host.break_store(""));
    assert_eq!(goes_on, None);
}
