//! `/mcp/<alias>` for a client of one era, and a server of the other.

mod support;

use bytes::Bytes;
use futures::{StreamExt, future::join};
use http::{Request, StatusCode};
use mcp_client::Clock;
use scripted_upstream::{Answer, Received, Step, Upstream, servers};
use serde_json::{Value, json};
use server_registry::{Access, FailureKind, NotForwarded};
use std::time::Duration;
use support::MemoryHost;

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// Of the legacy era's tasks.
const RELATED_TASK: &str = "io.modelcontextprotocol/related-task";

/// A client of the server `x`.
struct Caller {
    host: MemoryHost,
    access: Access<MemoryHost>,
    upstream: Upstream,
    session: Option<String>,
}

/// What came back.
#[derive(Debug)]
struct Seen {
    status: StatusCode,
    session: Option<String>,
    body: Value,
}

impl Caller {
    fn of(server: impl FnMut(&Received) -> Answer + 'static) -> Self {
        let host = MemoryHost::default();
        let upstream = host.serve("x", server);
        host.configure(&["x"]);
        let access = host.open(&host.registry()).expect("a configuration");
        Self { host, access, upstream, session: None }
    }

    fn send(&self, http_method: &str, headers: &[(&str, &str)], body: &Value) -> Result<Seen, NotForwarded> {
        let mut request = Request::builder().method(http_method).header("content-type", "application/json");
        request = request.header("accept", "application/json, text/event-stream");
        let session = self.session.as_deref().map(|session| ("mcp-session-id", session));
        for (name, value) in headers.iter().copied().chain(session) {
            request = request.header(name, value);
        }
        let bytes = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let response = self.host.run(self.access.forward("x", request.body(bytes).expect("a request")))?;
        let (parts, body) = response.into_parts();
        let chunks: Vec<_> = self.host.run(body.collect());
        let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("a whole body")).collect();
        let session = parts.headers.get("mcp-session-id").map(|id| id.to_str().expect("text").to_string());
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") };
        Ok(Seen { status: parts.status, session, body })
    }

    fn legacy(&self, method: &str, params: Value) -> Seen {
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        self.send("POST", &[("mcp-protocol-version", "2025-11-25")], &body).expect("an answer")
    }

    fn modern(&self, method: &str, mut params: Value, capabilities: Value) -> Seen {
        params["_meta"] = json!({VERSION: "2026-07-28", CAPABILITIES: capabilities, "traceparent": "00-1-2-01",
            "progressToken": 1, "vendor/x": {"y": 1}});
        let name = params["name"].as_str().or(params["uri"].as_str()).unwrap_or_default().to_string();
        let mut headers = vec![("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)];
        if !name.is_empty() {
            headers.push(("mcp-name", name.as_str()));
        }
        let body = json!({"jsonrpc": "2.0", "id": "m", "method": method, "params": params});
        self.send("POST", &headers, &body).expect("an answer")
    }
}

/// What both eras have, once the handshake is over.
fn contents(received: &Received) -> Option<Value> {
    Some(match received.method() {
        "tools/list" => json!({"tools": [
            {"name": "a", "inputSchema": {"type": "object"}, "outputSchema": {"type": "array"}},
        ]}),
        "tools/call" if received.tool() == "numbers" => json!({"content": [], "structuredContent": [1, 2]}),
        "tools/call" => servers::text_result(received.tool()),
        "resources/list" => json!({"resources": [{"uri": "test://a", "name": "a"}], "nextCursor": "more"}),
        "resources/templates/list" => json!({"resourceTemplates": []}),
        "resources/read" if received.body["params"]["uri"] == "test://a" => {
            json!({"contents": [{"uri": "test://a", "text": "hello"}]})
        }
        "resources/read" => return None,
        "prompts/list" => json!({"prompts": [{"name": "p"}]}),
        "prompts/get" => json!({"messages": []}),
        "completion/complete" => json!({"completion": {"values": ["v"]}}),
        other => panic!("{other} belongs to one era"),
    })
}

fn legacy_server(received: &Received) -> Answer {
    servers::legacy(received).unwrap_or_else(|| match contents(received) {
        Some(result) => Answer::json(200, &received.result(result)),
        None => Answer::json(200, &received.error(-32_002, "no such resource")),
    })
}

fn modern_server(received: &Received) -> Answer {
    if received.body["params"]["_meta"][VERSION] != "2026-07-28" {
        return Answer::json(400, &received.error(-32_020, "Header mismatch: MCP-Protocol-Version is missing"));
    }
    servers::modern(received).unwrap_or_else(|| {
        let mut result = contents(received).expect("what is asked for is there");
        result["resultType"] = json!("complete");
        result["_meta"] = json!({"io.modelcontextprotocol/serverInfo": {"name": "modern"}});
        Answer::json(200, &received.result(result))
    })
}

#[test]
fn a_modern_client_reaches_a_legacy_server() {
    let caller = Caller::of(legacy_server);
    let ask = |method: &str, params: Value| {
        let seen = caller.modern(method, params, json!({}));
        assert_eq!((seen.status, &seen.body["id"], &seen.session), (StatusCode::OK, &json!("m"), &None), "{seen:?}");
        let result = seen.body["result"].clone();
        assert_eq!(result["resultType"], "complete", "{method}: {}", seen.body);
        let info = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(info["title"], "A legacy server", "{method}");
        result
    };
    let found = ask("server/discover", json!({}));
    assert_eq!(found["supportedVersions"][0], "2026-07-28");
    assert_eq!((&found["capabilities"], &found["instructions"]), (&json!({"tools": {}}), &json!("Be kind.")));
    assert_eq!(ask("tools/list", json!({}))["tools"][0]["name"], "a");
    assert_eq!(ask("tools/call", json!({"name": "a", "arguments": {}}))["content"][0]["text"], "a");
    let resources = ask("resources/list", json!({"cursor": "x"}));
    assert_eq!(resources["nextCursor"], "more");
    assert_eq!((&resources["ttlMs"], &resources["cacheScope"]), (&json!(0), &json!("private")));
    assert_eq!(ask("resources/templates/list", json!({}))["resourceTemplates"], json!([]));
    assert_eq!(ask("resources/read", json!({"uri": "test://a"}))["contents"][0]["text"], "hello");
    assert_eq!(ask("prompts/list", json!({}))["prompts"][0]["name"], "p");
    let prompt = ask("prompts/get", json!({"name": "p"}));
    assert_eq!((&prompt["messages"], prompt.get("ttlMs")), (&json!([]), None));
    let completion = json!({"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "n", "value": ""}});
    assert_eq!(ask("completion/complete", completion)["completion"]["values"], json!(["v"]));

    let received = caller.upstream.received();
    let listed = received.iter().find(|one| one.method() == "resources/list").expect("it was asked");
    let own = json!({"traceparent": "00-1-2-01", "vendor/x": {"y": 1}});
    assert_eq!(listed.body["params"], json!({"cursor": "x", "_meta": own}));
    let called = received.iter().find(|one| one.method() == "tools/call").expect("it was asked");
    assert_eq!(called.body["params"]["_meta"], own);
    assert_eq!(listed.header("mcp-session-id"), servers::SESSION);
    let sessions = caller.upstream.methods().iter().filter(|method| *method == "initialize").count();
    assert_eq!(sessions, 1, "one session of the gateway serves all");
}

#[test]
fn its_errors_have_the_form_of_the_era() {
    let caller = Caller::of(legacy_server);
    let unknown = caller.modern("resources/read", json!({"uri": "test://b"}), json!({}));
    assert_eq!(unknown.body["error"]["code"], -32_602, "{unknown:?}");
    let method = caller.modern("tasks/list", json!({}), json!({}));
    assert_eq!((method.status, &method.body["error"]["code"]), (StatusCode::NOT_FOUND, &json!(-32_601)));
    let mismatch = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list",
        "params": {"_meta": {VERSION: "2026-07-28", CAPABILITIES: {}}}});
    let headers = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call")];
    let refused = caller.send("POST", &headers, &mismatch).expect("an answer");
    assert_eq!((refused.status, &refused.body["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(-32_020)));
}

#[test]
fn a_client_that_answers_requests_of_servers_finds_the_server_itself() {
    let caller = Caller::of(legacy_server);
    for capability in ["elicitation", "sampling", "roots"] {
        let seen = caller.modern("server/discover", json!({}), json!({capability: {}}));
        assert_eq!((seen.status, &seen.body["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(-32_000)), "{seen:?}");
    }
    let listed = caller.modern("tools/list", json!({}), json!({"elicitation": {}}));
    assert_eq!(listed.body["result"]["tools"][0]["name"], "a", "one that goes on all the same is translated");
}

#[test]
fn a_legacy_client_reaches_a_modern_server() {
    let mut caller = Caller::of(modern_server);
    let begun = caller.legacy("initialize", json!({"protocolVersion": "2025-06-18", "capabilities": {}}));
    let result = &begun.body["result"];
    assert_eq!((&result["protocolVersion"], &result["serverInfo"]["name"]), (&json!("2025-06-18"), &json!("modern")));
    assert_eq!((&result["capabilities"], &result["instructions"]), (&json!({"tools": {}}), &json!("Be brief.")));
    caller.session = begun.session;
    assert!(caller.session.is_some());

    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(caller.send("POST", &[], &initialized).expect("an answer").status, StatusCode::ACCEPTED);
    assert_eq!(caller.legacy("ping", json!({})).body["result"], json!({}));
    let listed = caller.legacy("tools/list", json!({}));
    assert_eq!(listed.body["result"], json!({"tools": [{"name": "a", "inputSchema": {"type": "object"}}]}));
    let called = caller.legacy("tools/call", json!({"name": "a"}));
    assert_eq!(called.body["result"], servers::text_result("a"));
    let sent = json!({"name": "numbers", "_meta": {"progressToken": 1, "vendor/x": {"y": 1}, RELATED_TASK: {}}});
    let numbers = caller.legacy("tools/call", sent);
    assert_eq!(numbers.body["result"], servers::text_result("[1,2]"));
    let own = &caller.upstream.received().pop().expect("a call").body["params"]["_meta"];
    assert_eq!((&own["vendor/x"], &own[VERSION]), (&json!({"y": 1}), &json!("2026-07-28")));
    assert!(own.get("progressToken").is_none() && own.get(RELATED_TASK).is_none(), "{own}");
    let read = caller.legacy("resources/read", json!({"uri": "test://a"}));
    assert_eq!(read.body["result"]["contents"][0]["text"], "hello");
    let prompt = caller.legacy("prompts/get", json!({"name": "p"}));
    assert_eq!(prompt.body["result"], json!({"messages": []}));
    assert_eq!(caller.legacy("resources/subscribe", json!({})).body["error"]["code"], -32_601);

    assert_eq!(caller.send("GET", &[], &Value::Null).expect("an answer").status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(caller.send("DELETE", &[], &Value::Null).expect("an answer").status, StatusCode::NO_CONTENT);
}

#[test]
fn a_refusal_is_understood_in_every_form() {
    type Form = fn(&Received) -> Answer;
    fn refused(received: &Received) -> Value {
        received.error(-32_022, "Unsupported protocol version")
    }
    let forms: [Form; 4] = [
        |_| Answer::status(404),
        |received| Answer::json(400, &refused(received)),
        |received| Answer::json(200, &refused(received)),
        |received| Answer::events(&[json!({"jsonrpc": "2.0", "method": "notifications/message"}), refused(received)]),
    ];
    for form in forms {
        let caller = Caller::of(move |received| match received.method() {
            "initialize" => form(received),
            _ => modern_server(received),
        });
        let begun = caller.legacy("initialize", json!({"protocolVersion": "2025-11-25"}));
        assert_eq!(begun.body["result"]["protocolVersion"], "2025-11-25", "{begun:?}");
        assert!(begun.session.is_some());
    }
}

#[test]
fn an_acceptance_passes_as_it_came() {
    let caller = Caller::of(|received| match received.method() {
        "initialize" => Answer::events(&[received.result(json!({"protocolVersion": "2025-11-25"}))]),
        _ => modern_server(received),
    });
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}).to_string();
    let request = Request::post("/").header("content-type", "application/json").body(body.into());
    let response = caller.host.run(caller.access.forward("x", request.expect("a request"))).expect("an answer");
    let chunks: Vec<_> = caller.host.run(response.into_body().collect());
    let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("a whole body")).collect();
    let expected = json!({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-11-25"}});
    assert_eq!(String::from_utf8_lossy(&bytes), format!("event: message\ndata: {expected}\n\n"));
}

#[test]
fn what_a_modern_server_does_not_say_of_itself_is_left_out() {
    let caller = Caller::of(|received| match received.method() {
        "initialize" => Answer::status(404),
        _ => Answer::json(200, &received.result(json!({"supportedVersions": ["2026-07-28"], "capabilities": {}}))),
    });
    let result = &caller.legacy("initialize", json!({"protocolVersion": "2025-11-25"})).body["result"];
    assert!(result.get("instructions").is_none() && result["serverInfo"]["name"].is_string(), "{result}");
    assert!(result["serverInfo"]["version"].is_string(), "{result}");
}

#[test]
fn a_body_that_is_not_complete_in_time_breaks_off() {
    let pass = |method: &'static str| {
        let caller = Caller::of(move |received| match received.method() == method {
            true => Answer::text(200, "application/json", "{").then([Step::Hang]),
            false => legacy_server(received),
        });
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"name": "a"}}).to_string();
        let request = Request::post("/").header("content-type", "application/json").body(body.into());
        let response = caller.host.run(caller.access.forward("x", request.expect("a request")))?;
        Ok(caller.host.run(response.into_body().collect::<Vec<_>>()))
    };
    let chunks = pass("tools/call").expect("an answer that begins");
    assert!(matches!(chunks.as_slice(), [Ok(begun), Err(_)] if **begun == *b"{"), "{chunks:?}");
    // It is looked at before it is passed on, and so the error can still say what happened.
    let Err(NotForwarded::Failed(failure)) = pass("initialize") else { panic!("nothing to pass on") };
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert!(failure.message.starts_with("Server \"x\" took too long"), "{}", failure.message);
}

#[test]
fn that_the_server_refuses_initialize_is_remembered_by_other_instances() {
    let caller = Caller::of(modern_server);
    let begin = |access: &Access<MemoryHost>| {
        let body =
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25"}});
        let request = Request::post("/").header("content-type", "application/json").body(body.to_string().into());
        caller.host.run(access.forward("x", request.expect("a request"))).expect("an answer").status()
    };
    assert_eq!(begin(&caller.access), StatusCode::OK);
    let next = caller.host.open(&caller.host.registry()).expect("a configuration");
    assert_eq!(begin(&next), StatusCode::OK);
    let refused = || caller.upstream.methods().iter().filter(|method| *method == "initialize").count();
    assert_eq!(refused(), 2, "the client's, and one of the gateway's own");
    caller.host.clock.advance(3_600_000);
    assert_eq!((begin(&next), refused()), (StatusCode::OK, 3), "an hour later it is asked again");
}

#[test]
fn an_odd_initialize_changes_nothing_for_others() {
    let mut caller = Caller::of(|received| match received.method() {
        "initialize" if received.body["params"]["protocolVersion"].is_null() => {
            Answer::json(400, &received.error(-32_602, "protocolVersion is missing"))
        }
        "server/discover" => modern_server(received),
        _ => legacy_server(received),
    });
    let odd = caller.legacy("initialize", json!({}));
    assert_eq!((odd.status, &odd.body["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(-32_602)), "{odd:?}");
    let ended = caller.upstream.received().iter().filter(|one| one.http_method == "DELETE").count();
    assert_eq!(ended, 1, "the gateway's own session is not left open");
    let begun = caller.legacy("initialize", json!({"protocolVersion": "2025-11-25"}));
    assert_eq!(begun.body["result"]["serverInfo"]["name"], "legacy", "{begun:?}");
    caller.session = begun.session;
    caller.legacy("tools/list", json!({}));
    let listed = caller.upstream.received().pop().expect("a request");
    assert_eq!((listed.method(), listed.header("mcp-session-id")), ("tools/list", servers::SESSION));
}

#[test]
fn the_modern_era_ignores_the_session_header() {
    let mut caller = Caller::of(modern_server);
    caller.session = Some("of-nobody".to_string());
    let listed = caller.modern("tools/list", json!({}), json!({}));
    assert_eq!(listed.body["result"]["tools"][0]["name"], "a", "{listed:?}");
    assert_eq!(caller.upstream.received().pop().expect("a request").header("mcp-session-id"), "");
}

#[test]
fn a_cancelled_call_of_a_translated_session_ends() {
    let mut caller = Caller::of(|received| match received.method() {
        "tools/call" => Answer::hangs(),
        _ => modern_server(received),
    });
    caller.session = caller.legacy("initialize", json!({"protocolVersion": "2025-11-25"})).session;
    let session = caller.session.clone().expect("a session");
    let send = |body: Value| {
        let request = Request::post("/").header("content-type", "application/json");
        let request = request.header("accept", "application/json").header("mcp-session-id", &session);
        caller.access.forward("x", request.body(body.to_string().into()).expect("a request"))
    };
    let call = |id: u64| send(json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": "a"}}));
    let cancel = async {
        let params = json!({"requestId": 7});
        caller.host.sleep(Duration::from_millis(500)).await;
        send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})).await
    };
    let begun_ms = caller.host.clock.monotonic_ms();
    let (called, cancelled) = caller.host.run(join(call(7), cancel));
    assert_eq!(cancelled.expect("an answer").status(), StatusCode::ACCEPTED);
    let chunks: Vec<_> = caller.host.run(called.expect("an answer").into_body().collect());
    let body: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("a whole body")).collect();
    assert!(String::from_utf8_lossy(&body).contains("cancelled"), "{body:?}");
    assert!(caller.host.clock.monotonic_ms() - begun_ms < 1_000, "long before the call would have taken too long");
}

#[test]
fn a_translated_session_is_good_for_its_server_only() {
    let mut caller = Caller::of(modern_server);
    caller.host.serve("y", modern_server);
    let begun = caller.legacy("initialize", json!({"protocolVersion": "2025-11-25"}));
    caller.session = begun.session;
    caller.host.configure(&["x", "y"]);
    let access = caller.host.open(&caller.host.registry()).expect("a configuration");
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}).to_string();
    let request = Request::post("/").header("mcp-session-id", caller.session.as_deref().expect("a session"));
    let refused = caller.host.run(access.forward("y", request.body(body.into()).expect("a request")));
    assert!(matches!(refused, Err(NotForwarded::UnknownSession)));
}
