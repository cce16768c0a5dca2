//! Whatever comes in, or is missing, is answered with an error that says what is wrong, and the gateway goes on.

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{self, Client, HEADERS};
use tests::gateway::Gateway;
use tests::http::{Answer, send_bytes};
use tests::upstream::{Stopwatch, servers};

/// Runs `check` against a gateway with one server that is up (`up`) and one that is down (`down`), and then
/// makes sure that the gateway goes on.
fn with_gateway<F: AsyncFnOnce(Client)>(check: F) {
    tests::run(async {
        let upstream = Stopwatch::start().await;
        let nobody = "http://127.0.0.1:9/mcp".to_owned();
        let gateway = Gateway::start(&servers([("down", nobody), ("up", upstream.url())])).await;
        check(gateway.client()).await;
        let run = gateway.client().execute("return await tools.up.wait({ ms: 1 })").await;
        assert_eq!(run.value(), "done");
    });
}

/// The `error` of a JSON-RPC response that was answered with this HTTP status.
fn error(answer: &Answer, status: StatusCode) -> Value {
    let message = client::message(answer);
    assert_eq!(answer.status, status, "{message}");
    assert!(message["error"]["message"].as_str().is_some_and(|text| text.len() > 5), "{message}");
    message["error"].clone()
}

#[test]
fn a_server_that_is_down() {
    with_gateway(async |client| {
        let run = client.execute("return await tools.down.anything({})").await;
        assert_eq!(run.error_kind(), "tool", "{:#}", run.call_result);
        assert!(run.error_message().contains("down"), "{}", run.error_message());
    });
}

#[test]
fn a_server_that_is_down_does_not_hide_the_others() {
    with_gateway(async |client| {
        let run = client
            .execute(
                "const settled = await Promise.allSettled([tools.down.anything({}), tools.up.wait({ ms: 1 })]);
                 return settled.map(({ status }) => status)",
            )
            .await;
        assert_eq!(*run.value(), json!(["rejected", "fulfilled"]));
    });
}

#[test]
fn an_unknown_alias() {
    with_gateway(async |client| {
        let run = client.execute("return await tools.upp.wait({ ms: 1 })").await;
        assert_eq!(run.error_kind(), "unknown_tool", "{:#}", run.call_result);
        assert!(run.error_message().contains("up"), "the nearest is named: {}", run.error_message());
    });
}

#[test]
fn an_unknown_tool_of_a_server() {
    with_gateway(async |client| {
        let run = client.execute("return await tools.up.wai({ ms: 1 })").await;
        assert_eq!(run.error_kind(), "unknown_tool", "{:#}", run.call_result);
        assert!(run.error_message().contains("wait"), "the nearest is named: {}", run.error_message());
    });
}

#[test]
fn a_tool_that_the_gateway_does_not_have() {
    with_gateway(async |client| {
        let response = client.request("tools/call", json!({"name": "no_such_tool", "arguments": {}})).await;
        assert_eq!(response["error"]["code"], -32602, "{response}");
        assert!(response["error"]["message"].as_str().is_some_and(|text| text.contains("no_such_tool")), "{response}");
    });
}

#[test]
fn a_method_that_the_gateway_does_not_have() {
    with_gateway(async |client| {
        let response = client.request("no/such/method", json!({})).await;
        assert_eq!(response["error"]["code"], -32601, "{response}");
    });
}

#[test]
fn a_call_without_code() {
    with_gateway(async |client| {
        let response = client.request("tools/call", json!({"name": "execute_code", "arguments": {}})).await;
        let text = response.to_string();
        assert!(response["error"].is_object() || response["result"]["isError"] == true, "{text}");
        assert!(text.contains("code"), "{text}");
    });
}

#[test]
fn invalid_json() {
    with_gateway(async |client| {
        for body in ["", "{", "{\"jsonrpc\": \"2.0\", ", "\u{0}"] {
            let answer = client.send("POST", "/mcp", &HEADERS, body).await;
            assert_eq!(error(&answer, StatusCode::BAD_REQUEST)["code"], -32700, "{body:?}");
        }
    });
}

#[test]
fn json_that_is_no_message() {
    with_gateway(async |client| {
        for body in ["null", "1", "\"x\"", "[]", "{}", "{\"id\": 1, \"method\": \"ping\"}"] {
            let answer = client.send("POST", "/mcp", &HEADERS, body).await;
            assert_eq!(error(&answer, StatusCode::BAD_REQUEST)["code"], -32600, "{body:?}");
        }
    });
}

#[test]
fn a_body_of_20_mb() {
    with_gateway(async |client| {
        let head = "POST /mcp HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
            accept: application/json, text/event-stream\r\ncontent-length: 20000000\r\n\r\n";
        let request = [head.as_bytes(), &[b' '; 20_000_000]].concat();
        let answer = send_bytes(client.address(), request).await.expect("a gateway");
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("bytes") && answer.contains("limit"), "says what the limit is: {answer}");
    });
}

#[test]
fn a_wrong_method() {
    with_gateway(async |client| {
        for method in ["GET", "DELETE", "PUT", "PATCH"] {
            let answer = client.send(method, "/mcp", &HEADERS, "").await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert!(answer.headers["allow"].to_str().expect("text").contains("POST"), "{method}");
        }
    });
}

#[test]
fn a_wrong_path() {
    with_gateway(async |client| {
        for path in ["/", "/mc", "/mcp2", "/favicon.ico"] {
            let answer = client.send("POST", path, &HEADERS, "{}").await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.body.is_empty(), "{path}: says what there is");
        }
    });
}

#[test]
fn servers_that_are_no_json() {
    tests::run(async {
        let gateway = Gateway::start("{\"mcpServers\": ").await;
        let client = gateway.client();
        let run = client.execute("return await tools.any.thing({})").await;
        assert!(run.error_message().contains("servers"), "names the variable: {:#}", run.call_result);
        assert_eq!(client.request("ping", json!({})).await["result"], json!({}));
    });
}
