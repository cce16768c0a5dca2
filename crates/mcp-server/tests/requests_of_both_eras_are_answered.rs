//! What a client of each era gets (MCP 2025-03-26 to 2026-07-28).

use futures::executor::block_on;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use mcp::RpcError;
use mcp_server::{Identity, Progress, Received, Service, ToolCall, ToolPage, invalid_cursor, receive};
use serde_json::{Value, json};

struct Echo;

impl Service for Echo {
    fn identity(&self) -> Identity {
        Identity { name: "echo", title: "Echo", version: "1.0.0", instructions: "Call echo.".to_string() }
    }

    async fn list_tools(&self, cursor: Option<&str>) -> Result<ToolPage, RpcError> {
        let tool = |name: &str| vec![json!({"name": name, "inputSchema": {"type": "object"}})];
        match cursor {
            None => Ok(ToolPage { tools: tool("echo"), next_cursor: Some(String::new()) }),
            Some("") => Ok(ToolPage { tools: tool("second"), next_cursor: None }),
            Some(cursor) => Err(invalid_cursor(cursor)),
        }
    }

    async fn call_tool(&self, call: ToolCall, _: &dyn Progress) -> Result<Value, RpcError> {
        match call.name.as_str() {
            "echo" => Ok(json!({"content": [], "structuredContent": call.arguments})),
            name => Err(RpcError::new(mcp::code::INVALID_PARAMS, format!("Unknown tool: {name}"))),
        }
    }
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in pairs {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"));
    }
    headers
}

/// Status and body of the answer; a body that is empty is null.
fn send_with(method: Method, headers: HeaderMap, body: &[u8]) -> (StatusCode, Value) {
    let response = match receive(&method, &headers, body) {
        Received::Done(response) => *response,
        Received::Cancelled(_) => mcp_server::accepted(),
        Received::Batch(batch) => block_on(batch.answered(|exchange| exchange.answer(&Echo, &()))),
        Received::Exchange(exchange) => {
            let answer = block_on(exchange.answer(&Echo, &()));
            exchange.to_http(answer)
        }
    };
    let value = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
    (response.status(), value)
}

fn send(pairs: &[(&'static str, &str)], body: &Value) -> (StatusCode, Value) {
    send_with(Method::POST, headers(pairs), body.to_string().as_bytes())
}

fn request(method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

fn modern(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    request(method, params)
}

fn send_modern(method: &str, name: Option<&str>, params: Value) -> (StatusCode, Value) {
    let mut pairs = vec![("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)];
    pairs.extend(name.map(|name| ("mcp-name", name)));
    send(&pairs, &modern(method, params))
}

#[test]
fn a_legacy_client_gets_the_version_that_it_asks_for_or_the_newest_legacy_one() {
    for (asked, given) in [
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2024-11-05", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
    ] {
        let (status, answer) = send(&[], &request("initialize", json!({"protocolVersion": asked, "capabilities": {}})));
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answer["result"]["protocolVersion"], given);
        assert_eq!(answer["result"]["serverInfo"]["name"], "echo");
    }
    assert_eq!(
        send(&[], &json!({"jsonrpc": "2.0", "method": "notifications/initialized"})),
        (StatusCode::ACCEPTED, Value::Null)
    );
    assert_eq!(send(&[("mcp-protocol-version", "2025-11-25")], &request("ping", json!({}))).1["result"], json!({}));
    let unknown = [("mcp-protocol-version", "1999-01-01")];
    for message in [
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
    ] {
        let (status, answer) = send(&unknown, &message);
        assert_eq!((status, &answer["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(-32_600)), "{message}");
    }
}

#[test]
fn a_legacy_client_cancels_by_session_and_id() {
    let cancelled = |pairs: &[(&'static str, &str)], id: Value| {
        let message = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
        receive(&Method::POST, &headers(pairs), message.to_string().as_bytes())
    };
    let Received::Cancelled(cancellation) = cancelled(&[("mcp-session-id", "s")], json!(7)) else {
        panic!("a cancellation")
    };
    assert_eq!((cancellation.session.as_str(), cancellation.request), ("s", 7.into()));
    for (pairs, id) in [(&[][..], json!(7)), (&[("mcp-session-id", "s")][..], json!(null))] {
        let Received::Done(response) = cancelled(pairs, id) else { panic!("nothing to cancel") };
        assert_eq!(response.status(), StatusCode::ACCEPTED);
    }
}

#[test]
fn tools_are_listed_page_by_page() {
    let version = [("mcp-protocol-version", "2025-11-25")];
    let (_, first) = send(&version, &request("tools/list", json!({})));
    assert_eq!((&first["result"]["tools"][0]["name"], &first["result"]["nextCursor"]), (&json!("echo"), &json!("")));
    let (_, second) = send(&version, &request("tools/list", json!({"cursor": ""})));
    assert_eq!(second["result"], json!({"tools": [{"name": "second", "inputSchema": {"type": "object"}}]}));
    for cursor in [json!("elsewhere"), json!(7)] {
        assert_eq!(send(&version, &request("tools/list", json!({"cursor": cursor}))).1["error"]["code"], -32602);
    }
}

#[test]
fn a_batch_is_answered_as_a_batch_where_the_version_has_batches() {
    let call = |id: u64, a: u64| {
        let mut call = request("tools/call", json!({"name": "echo", "arguments": {"a": a}}));
        call["id"] = json!(id);
        call
    };
    let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let batch = json!([call(1, 10), notification, call(2, 20), request("initialize", json!({})), 7]);
    for version in [&[][..], &[("mcp-protocol-version", "2025-03-26")]] {
        let (status, answer) = send(version, &batch);
        assert_eq!(status, StatusCode::OK);
        let answers = answer.as_array().expect("a batch");
        let of = |id: u64| answers.iter().find(|one| one["id"] == id && one.get("result").is_some());
        assert_eq!(of(1).expect("an answer")["result"]["structuredContent"], json!({"a": 10}));
        assert_eq!(of(2).expect("an answer")["result"]["structuredContent"], json!({"a": 20}));
        let refused = answers.iter().filter(|one| one["error"]["code"] == -32600).count();
        assert_eq!((answers.len(), refused), (4, 2), "{answer}");
    }
    assert_eq!(send(&[], &json!([notification])), (StatusCode::ACCEPTED, Value::Null));
    let too_many = Value::Array(vec![notification; 101]);
    for (version, body) in
        [("2025-06-18", &batch), ("2026-07-28", &batch), ("2025-03-26", &json!([])), ("2025-03-26", &too_many)]
    {
        let (status, answer) = send(&[("mcp-protocol-version", version)], body);
        assert_eq!((status, &answer["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(-32600)), "{version}");
    }
}

#[test]
fn a_legacy_client_lists_and_calls_without_a_session() {
    let version = [("mcp-protocol-version", "2025-06-18")];
    let (_, answer) = send(&version, &request("tools/list", json!({})));
    assert_eq!(answer["result"]["tools"][0]["name"], "echo");
    assert_eq!(answer["result"].get("ttlMs"), None);
    let (_, answer) = send(&version, &request("tools/call", json!({"name": "echo", "arguments": {"a": 1}})));
    assert_eq!(answer["result"]["structuredContent"], json!({"a": 1}));
    assert_eq!(answer["result"].get("resultType"), None);
    let (status, answer) = send(&version, &request("no/such", json!({})));
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::OK, &json!(-32601)));
    let (status, answer) = send(&[("mcp-protocol-version", "1999-01-01")], &request("tools/list", json!({})));
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
}

#[test]
fn a_modern_client_discovers_lists_and_calls() {
    let (status, answer) = send_modern("server/discover", None, json!({}));
    assert_eq!(status, StatusCode::OK);
    let result = &answer["result"];
    assert!(result["supportedVersions"].as_array().expect("versions").contains(&json!("2026-07-28")));
    assert_eq!((&result["resultType"], &result["cacheScope"]), (&json!("complete"), &json!("public")));
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "echo");

    let (_, answer) = send_modern("tools/list", None, json!({}));
    assert!(answer["result"]["ttlMs"].is_u64());
    let (_, answer) = send_modern("tools/call", Some("echo"), json!({"name": "echo", "arguments": {"a": 1}}));
    assert_eq!(answer["result"]["structuredContent"], json!({"a": 1}));
    assert_eq!(answer["result"]["resultType"], "complete");
}

#[test]
fn methods_that_only_the_other_era_has_are_unknown() {
    for method in ["initialize", "ping", "logging/setLevel", "no/such"] {
        let (status, answer) = send_modern(method, None, json!({}));
        assert_eq!((status, &answer["error"]["code"]), (StatusCode::NOT_FOUND, &json!(-32601)), "{method}");
    }
    let (status, answer) = send(&[], &request("server/discover", json!({})));
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::OK, &json!(-32601)));
}

#[test]
fn what_is_not_there_is_empty_or_an_error() {
    for (method, field) in [
        ("prompts/list", "prompts"),
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
    ] {
        assert_eq!(send_modern(method, None, json!({})).1["result"][field], json!([]));
        assert_eq!(send_modern(method, None, json!({"cursor": "x"})).1["error"]["code"], -32602);
    }
    assert_eq!(send_modern("prompts/get", Some("x"), json!({"name": "x"})).1["error"]["code"], -32602);
    assert_eq!(send_modern("resources/read", Some("a:b"), json!({"uri": "a:b"})).1["error"]["code"], -32602);
    assert_eq!(send_modern("tools/call", Some("x"), json!({"name": "x"})).1["error"]["code"], -32602);
    let (_, answer) = send_modern("tools/call", Some("echo"), json!({"name": "echo", "arguments": [1]}));
    assert_eq!(answer["error"]["code"], -32602);
}

#[test]
fn a_modern_request_is_checked_in_order() {
    let version = ("mcp-protocol-version", "2026-07-28");
    let call = modern("tools/call", json!({"name": "echo"}));
    let mut no_capabilities = call.clone();
    no_capabilities["params"]["_meta"]
        .as_object_mut()
        .expect("meta")
        .remove("io.modelcontextprotocol/clientCapabilities");
    let mut future = call.clone();
    future["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    for (pairs, body, code) in [
        (vec![], &call, -32020),
        (vec![version], &no_capabilities, -32602),
        (vec![version], &request("tools/call", json!({"name": "echo"})), -32602),
        (vec![("mcp-protocol-version", "2025-11-25")], &call, -32020),
        (vec![("mcp-protocol-version", "2099-01-01")], &future, -32022),
        (vec![version], &call, -32020),
        (vec![version, ("mcp-method", "tools/list")], &call, -32020),
        (vec![version, ("mcp-method", "tools/call")], &call, -32020),
        (vec![version, ("mcp-method", "tools/call"), ("mcp-name", "ohce")], &call, -32020),
        (vec![version, ("mcp-method", "tools/call"), ("mcp-name", "=?base64?!?=")], &call, -32020),
    ] {
        let (status, answer) = send(&pairs, body);
        assert_eq!((status, &answer["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(code)), "{pairs:?} {answer}");
        assert_eq!(answer["id"], 1);
    }
    let (_, answer) = send(&[("mcp-protocol-version", "2099-01-01")], &future);
    assert_eq!(answer["error"]["data"], json!({"supported": ["2026-07-28"], "requested": "2099-01-01"}));
    let encoded = [version, ("mcp-method", "tools/call"), ("mcp-name", "=?base64?ZWNobw==?=")];
    assert_eq!(send(&encoded, &call).0, StatusCode::OK);
}

#[test]
fn what_is_no_message_is_refused_with_a_reason() {
    let json_type = || headers(&[]);
    for (method, headers, body, status) in [
        (Method::GET, json_type(), &b""[..], StatusCode::METHOD_NOT_ALLOWED),
        (Method::DELETE, json_type(), b"", StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, HeaderMap::new(), b"{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Method::POST, self::headers(&[("accept", "text/html")]), b"{}", StatusCode::NOT_ACCEPTABLE),
        (Method::POST, json_type(), b"{nope", StatusCode::BAD_REQUEST),
        (Method::POST, json_type(), b"7", StatusCode::BAD_REQUEST),
    ] {
        let (given, answer) = send_with(method, headers, body);
        assert_eq!(given, status);
        assert!(answer["error"]["message"].as_str().is_some_and(|message| message.len() > 20), "{answer}");
    }
    assert_eq!(send_with(Method::POST, json_type(), b"{nope").1["error"]["code"], -32700);
}
