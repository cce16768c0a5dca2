//! A line for every call, and counters that are kept with few writes.

mod support;

use bytes::Bytes;
use futures::{
    StreamExt,
    future::{Either, join, join_all, select},
};
use http::{Method, Request, StatusCode};
use mcp_client::Clock;
use scripted_upstream::{Answer, Received, Step, servers};
use serde_json::{Value, json};
use server_registry::{Access, CallContext, Purpose, Registry, Visitor};
use std::{pin::pin, rc::Rc, time::Duration};
use support::{MemoryHost, administer};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A modern server: `ok` answers after 30 ms, `tool-error` and `rpc` answer with errors, `never` does not.
fn answer(received: &Received) -> Answer {
    servers::modern(received).unwrap_or_else(|| match received.tool() {
        "ok" => Answer::json(200, &received.result(servers::text_result("planted-result"))).after(30),
        "tool-error" => Answer::json(200, &received.result(json!({"content": [], "isError": true}))),
        "rpc" => Answer::json(200, &received.error(-32_000, "no")),
        "stream" => Answer::sse(vec![Step::text("data: {}\n\n"), Step::Wait(40), Step::text("data: {\"a\":1}\n\n")]),
        "broken" => Answer::sse(vec![Step::text("data: {}\n\n"), Step::Break]),
        "endless" => Answer::sse(vec![Step::text("data: {}\n\n"), Step::Hang]),
        _ => Answer::hangs(),
    })
}

struct Gateway {
    host: MemoryHost,
    registry: Rc<Registry<MemoryHost>>,
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        host.serve("x", answer);
        host.configure(&["x", "down"]);
        let registry = host.registry();
        Self { host, registry }
    }

    fn access(&self) -> Access<MemoryHost> {
        self.host.open(&self.registry).expect("a configuration")
    }

    fn call(&self, alias: &str, tool: &str) {
        let context = CallContext { execution: "run-1".to_string(), ..CallContext::default() };
        let arguments = "{\"planted\":\"argument\"}";
        self.host.run(self.access().call_tool(alias, tool, arguments, context)).ok();
    }

    /// Passes a call of a tool through.
    fn forward(&self, tool: &str) -> Request<Bytes> {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
        }}});
        Request::post("/mcp/x")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", "tools/call")
            .header("mcp-name", tool)
            .body(body.to_string().into())
            .expect("a request")
    }

    /// The lines so far, without those that were taken before.
    fn lines(&self) -> Vec<Value> {
        self.host.printed.take().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// What the API has counted, as seen by another instance: tool, calls and failures.
    fn counted(&self) -> Vec<(String, u64, u64)> {
        self.counted_at(&self.host.registry())
    }

    fn counted_at(&self, registry: &Rc<Registry<MemoryHost>>) -> Vec<(String, u64, u64)> {
        let access = self.host.open(registry).expect("a configuration");
        let (status, usage) = administer(&self.host, &access, Method::GET, "/api/v1/usage", &Value::Null);
        assert_eq!(status, StatusCode::OK, "{usage}");
        let number = |row: &Value, name: &str| row[name].as_u64().expect("a number");
        let row =
            |row: &Value| (row["tool"].as_str().expect("a text").into(), number(row, "calls"), number(row, "failures"));
        usage["items"].as_array().expect("a list").iter().map(row).collect()
    }

    fn writes_of_usage(&self) -> usize {
        self.host.writes.borrow().iter().filter(|key| key.starts_with("usage/")).count()
    }
}

#[test]
fn one_line_for_a_call_has_these_fields_and_no_others() {
    let gateway = Gateway::new();
    gateway.host.clock.advance(5_000);
    gateway.call("x", "ok");
    let result = json!({"content": [{"type": "text", "text": "planted-result"}]});
    assert_eq!(
        gateway.lines(),
        [json!({
            "event": "call", "at": "2027-01-15T08:00:05.030Z", "execution": "run-1", "key": "operator", "server": "x",
            "tool": "ok", "duration_ms": 30, "status": "ok", "sent_bytes": 22, "received_bytes": result.to_string().len(),
        })]
    );
}

#[test]
fn every_way_in_which_a_call_ends_has_its_word() {
    let gateway = Gateway::new();
    for (alias, tool, word) in [
        ("x", "ok", "ok"),
        ("x", "tool-error", "tool-error"),
        ("x", "rpc", "rpc"),
        ("x", "never", "timed-out"),
        ("down", "any", "unreachable"),
        ("none", "any", "unknown-server"),
    ] {
        gateway.call(alias, tool);
        let lines = gateway.lines();
        assert_eq!((lines.len(), &lines[0]["status"]), (1, &json!(word)), "{lines:?}");
        assert!(!lines[0].to_string().contains("planted"), "{lines:?}");
    }
}

#[test]
fn a_key_is_named_by_its_id() {
    let gateway = Gateway::new();
    let (_, made) =
        administer(&gateway.host, &gateway.access(), Method::POST, "/api/v1/keys", &json!({"name": "client"}));
    let key = made["key"].as_str().expect("a key");
    gateway.host.set_text("admin_key", "the-key-of-the-operator");
    let access = gateway.host.sign_in(&gateway.registry, Some(key), Purpose::CodeMode).expect("a client");
    gateway.host.run(access.call_tool("x", "ok", "{}", CallContext::default())).expect("a result");
    let line = gateway.lines().remove(0);
    assert_eq!(line["key"], made["id"]);
    assert!(!line.to_string().contains(key), "{line}");
}

#[test]
fn a_call_that_is_given_up_was_cancelled() {
    let gateway = Gateway::new();
    let access = gateway.access();
    {
        let call = pin!(access.call_tool("x", "never", "{}", CallContext::default()));
        let patience = pin!(gateway.host.sleep(Duration::from_millis(70)));
        let Either::Right((_, call)) = gateway.host.run(select(call, patience)) else { panic!("it does not answer") };
        assert_eq!(gateway.lines(), [] as [Value; 0]);
        let _given_up = call;
    }
    let line = gateway.lines().remove(0);
    assert_eq!((&line["status"], &line["duration_ms"]), (&json!("cancelled"), &json!(70)));
    gateway.host.run(gateway.registry.keep_usage());
    assert_eq!(gateway.counted(), [("never".to_string(), 1, 1)]);
    let (_, health) = administer(&gateway.host, &access, Method::GET, "/api/v1/servers/x/health", &Value::Null);
    assert_eq!(health["state"], "unknown", "it says nothing of the server: {health}");
}

#[test]
fn what_passes_through_is_counted_to_the_end_of_its_body() {
    let gateway = Gateway::new();
    let request = gateway.forward("stream");
    let sent_bytes = request.body().len();
    let answer = gateway.host.run(gateway.access().forward("x", request)).expect("an answer");
    assert_eq!(gateway.lines(), [] as [Value; 0], "it goes on");
    let chunks: Vec<_> = gateway.host.run(answer.into_body().collect());
    let received_bytes: usize = chunks.iter().map(|chunk| chunk.as_ref().expect("a chunk").len()).sum();
    let line = gateway.lines().remove(0);
    assert_eq!((&line["tool"], &line["status"], &line["duration_ms"]), (&json!("stream"), &json!("ok"), &json!(40)));
    assert_eq!((&line["sent_bytes"], &line["received_bytes"]), (&json!(sent_bytes), &json!(received_bytes)));
    assert_eq!(received_bytes, 25);
}

#[test]
fn or_to_where_it_broke_off_or_was_given_up() {
    let gateway = Gateway::new();
    for (tool, word) in [("broken", "unreachable"), ("endless", "cancelled")] {
        let answer = gateway.host.run(gateway.access().forward("x", gateway.forward(tool))).expect("an answer");
        let mut body = answer.into_body();
        assert!(gateway.host.run(body.next()).is_some_and(|chunk| chunk.is_ok()));
        if tool == "broken" {
            assert!(gateway.host.run(body.next()).is_some_and(|chunk| chunk.is_err()));
        }
        drop(body);
        let line = gateway.lines().remove(0);
        assert_eq!((&line["status"], &line["received_bytes"]), (&json!(word), &json!(10)), "{line}");
    }
    let refused = Request::put("/mcp/x").body(Bytes::new()).expect("a request");
    assert!(gateway.host.run(gateway.access().forward("x", refused)).is_err());
    let line = gateway.lines().remove(0);
    assert_eq!((&line["tool"], &line["status"]), (&json!("PUT"), &json!("refused")), "{line}");
}

/// How a request that is passed through to a server of this kind ends.
fn passed_through(
    server: impl FnMut(&Received) -> Answer + 'static,
    policy: &Value,
    method: Method,
    body: &Value,
) -> (Value, Value, StatusCode) {
    let gateway = Gateway::new();
    gateway.host.set("servers", &json!({"mcpServers": {"x": {"url": "https://x/mcp", "tools": policy}}}));
    gateway.host.serve("x", server);
    let request = Request::builder().method(method).header("content-type", "application/json");
    let request = request.header("accept", "application/json, text/event-stream");
    let request = request.header("mcp-protocol-version", "2025-11-25");
    let request = request.body(if body.is_null() { Bytes::new() } else { body.to_string().into() });
    let answer = gateway.host.run(gateway.access().forward("x", request.expect("a request")));
    let status = answer.as_ref().map_or(StatusCode::BAD_GATEWAY, http::Response::status);
    if let Ok(answer) = answer {
        gateway.host.run(answer.into_body().for_each(async |_| {}));
    }
    let line = gateway.lines().remove(0);
    gateway.host.run(gateway.registry.keep_usage());
    let access = gateway.access();
    let (_, health) = administer(&gateway.host, &access, Method::GET, "/api/v1/servers/x/health", &Value::Null);
    (line["status"].clone(), health["state"].clone(), status)
}

#[test]
fn what_passes_through_ends_as_its_response_says() {
    let call = |name: &str| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": {}}});
    let legacy = |of_call: fn(&Received) -> Answer| {
        move |received: &Received| match received.method() {
            "tools/list" => servers::tools(received, &["read", "wipe"]),
            "tools/call" | "" => of_call(received),
            _ => servers::legacy(received).expect("a part of the handshake"),
        }
    };
    let (none, blocked) = (json!({}), json!({"rules": [{"name": "wipe", "access": "blocked"}]}));
    type Reply = fn(&Received) -> Answer;
    let replies: [(Reply, &str, &str); 10] = [
        (|one| Answer::json(200, &one.result(json!({}))), "ok", "healthy"),
        (|one| Answer::json(200, &one.result(json!({"content": [], "isError": true}))), "tool-error", "healthy"),
        (|one| Answer::json(200, &one.error(-32_602, "no")), "rpc", "healthy"),
        (|one| Answer::events(&[json!({"method": "m"}), one.error(-32_602, "no")]), "rpc", "healthy"),
        (|one| Answer::events(&[one.result(json!({}))]).then([Step::Break]), "ok", "healthy"),
        (|one| Answer::json(400, &one.error(-32_000, "no session")), "http-status", "unknown"),
        (|_| Answer::status(429), "http-status", "failing"),
        (|_| Answer::status(503), "http-status", "failing"),
        (|_| Answer::text(200, "application/json", "{").then([Step::Hang]), "timed-out", "failing"),
        (|_| Answer::text(200, "application/json", "{").then([Step::Break]), "unreachable", "failing"),
    ];
    for (position, (reply, status, state)) in replies.into_iter().enumerate() {
        let (seen, health, _) = passed_through(legacy(reply), &none, Method::POST, &call("read"));
        assert_eq!((seen, health), (json!(status), json!(state)), "{position}");
    }
    let ok: Reply = |one| Answer::json(200, &one.result(json!({})));
    let (seen, _, status) = passed_through(legacy(ok), &blocked, Method::POST, &call("wipe"));
    assert_eq!((seen, status), (json!("refused"), StatusCode::OK));
    let (seen, health, status) = passed_through(legacy(ok), &blocked, Method::POST, &json!("no message"));
    assert_eq!((seen, health, status), (json!("refused"), json!("unknown"), StatusCode::BAD_REQUEST));
    let events: Reply = |_| Answer::sse(vec![Step::text("data: {}\n\n")]);
    let (seen, health, _) = passed_through(legacy(events), &none, Method::GET, &Value::Null);
    assert_eq!((seen, health), (json!("ok"), json!("healthy")));
}

#[test]
fn what_the_gateway_says_makes_no_server_healthy() {
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "wipe"}});
    let blocked = json!({"rules": [{"name": "wipe", "access": "blocked"}]});
    for (body, status) in [(list, "http-status"), (call, "refused")] {
        let (seen, health, answered) = passed_through(|_| Answer::status(500), &blocked, Method::POST, &body);
        assert_eq!((&seen, answered), (&json!(status), StatusCode::OK), "{body}");
        assert_ne!(health, "healthy", "{body}");
    }
    let gateway = Gateway::new();
    gateway
        .host
        .set("servers", &json!({"mcpServers": {"x": {"url": "https://x/mcp", "tools": {"default": "blocked"}}}}));
    gateway.call("x", "ok");
    assert_eq!(gateway.lines().remove(0)["status"], "refused");
}

#[test]
fn many_calls_are_kept_with_few_writes() {
    let gateway = Gateway::new();
    let access = gateway.access();
    for _ in 0..5 {
        let calls = (0..40).map(|_| async {
            access.call_tool("x", "ok", "{}", CallContext::default()).await.expect("a result");
            gateway.registry.keep_usage().await;
        });
        gateway.host.run(join_all(calls));
    }
    assert_eq!(gateway.counted(), [("ok".to_string(), 200, 0)]);
    let (writes, seconds) = (gateway.writes_of_usage() as u64, gateway.host.monotonic_ms() / 1_000);
    assert!(writes <= seconds + 1, "{writes} writes in {seconds} s");
}

#[test]
fn counters_of_several_instances_add_up() {
    let gateway = Gateway::new();
    for registry in [gateway.host.registry(), gateway.host.registry()] {
        gateway.host.call(&registry, "x", "ok", "{}").expect("a result");
        gateway.host.call(&registry, "x", "rpc", "{}").expect_err("an error");
        gateway.host.run(registry.keep_usage());
    }
    assert_eq!(gateway.counted(), [("ok".to_string(), 2, 0), ("rpc".to_string(), 2, 2)]);
}

#[test]
fn what_waits_is_shown_by_the_instance_that_has_it() {
    let gateway = Gateway::new();
    gateway.call("x", "ok");
    assert_eq!(gateway.counted_at(&gateway.registry), [("ok".to_string(), 1, 0)]);
    // While the last calls wait to be written together, they count already.
    gateway.call("x", "ok");
    let asking = async {
        gateway.host.sleep(Duration::from_millis(10)).await;
        let visitor = Visitor { key: None, is_local: true };
        let access = gateway.registry.sign_in(visitor, Purpose::Direct).await.expect("a configuration");
        let answer = access.administer(Request::get("/api/v1/usage").body(Bytes::new()).expect("a request")).await;
        serde_json::from_slice::<Value>(answer.body()).expect("JSON")["items"][0]["calls"].clone()
    };
    let (_, calls) = gateway.host.run(join(gateway.registry.keep_usage(), asking));
    assert_eq!(calls, 2);
}

#[test]
fn a_store_that_fails_loses_none_and_is_left_alone_for_a_while() {
    let gateway = Gateway::new();
    gateway.host.clock.advance(15 * 60 * 60 * 1_000 + 59 * 60 * 1_000 + 59_500);
    gateway.call("x", "ok");
    gateway.host.clock.advance(1_000);
    gateway.call("x", "rpc");
    gateway.host.break_store("usage/");
    gateway.host.run(gateway.registry.keep_usage());
    assert_eq!(gateway.host.warned.borrow().len(), 1, "{:?}", gateway.host.warned);
    gateway.host.mend_store();
    assert_eq!(gateway.counted(), []);
    gateway.host.clock.advance(1_000);
    gateway.call("x", "ok");
    gateway.host.run(gateway.registry.keep_usage());
    let counted =
        [("ok", 1, 0), ("ok", 1, 0), ("rpc", 1, 1)].map(|(tool, calls, failures)| (tool.to_string(), calls, failures));
    assert_eq!(gateway.counted(), counted, "those of yesterday, and those of today");
}

#[test]
fn what_is_too_old_is_removed() {
    let gateway = Gateway::new();
    let (_, made) = administer(
        &gateway.host,
        &gateway.access(),
        Method::POST,
        "/api/v1/keys",
        &json!({"name": "client", "rateLimitPerMinute": 100}),
    );
    let key = made["key"].as_str().expect("a key").to_string();
    let call_once = || {
        gateway.host.set_text("admin_key", "the-key-of-the-operator");
        gateway.host.sign_in(&gateway.registry, Some(&key), Purpose::CodeMode).expect("a client");
        gateway.host.set_text("admin_key", "");
        gateway.call("x", "ok");
        gateway.host.clock.advance(1_000);
        gateway.host.run(gateway.registry.keep_usage());
    };
    let kept = |prefix: &str| {
        let store = gateway.host.store.borrow();
        store.keys().filter(|key| key.starts_with(prefix)).cloned().collect::<Vec<_>>()
    };
    call_once();
    let first = (kept("usage/2027-01-15"), kept("rate/"));
    assert_eq!((first.0.len(), first.1.len()), (1, 1));
    gateway.host.clock.advance(31 * DAY_MS);
    // One of many writes looks for what is too old.
    for _ in 0..200 {
        call_once();
    }
    assert_eq!(kept("usage/2027-01-15"), [] as [&str; 0]);
    assert!(!kept("usage/2027-02-15").is_empty());
    assert!(!kept("rate/").contains(&first.1[0]));
}
