//! A request does not get around a revocation, a limit or a deadline by coming slowly, or by coming as many.

use http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use tests::client::HEADERS;
use tests::gateway::Gateway;
use tests::http::Begun;
use tests::upstream::{Canned, CannedTool, Reply, servers};

const ADMIN: &str = "key-of-the-operator-3316";

/// The head of a POST with this body, and its first byte.
fn beginning(path: &str, key: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let first = &body[..1];
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n\
         accept: application/json, text/event-stream\r\nauthorization: Bearer {key}\r\n\
         content-length: {length}\r\n\r\n{first}"
    )
    .into()
}

fn call(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

#[test]
fn a_key_that_is_revoked_meanwhile_does_nothing_more() {
    tests::run(async {
        let box_server = Canned::start([CannedTool::new("open", Reply::Arguments)]).await;
        let declared = servers([("box", box_server.url())]);
        let gateway = Gateway::start_with(&[("servers", &declared), ("admin_key", ADMIN)]).await;
        let operator = gateway.api().with_key(ADMIN);
        let key = operator.add_key(json!({"role": "manage"})).await;

        let script = json!({"name": "execute_code", "arguments": {"code": "return await tools.box.open({})"}});
        let open = json!({"name": "open", "arguments": {}});
        let bodies = [
            ("/mcp", call("tools/call", &script), "200", "revoked"),
            ("/mcp?mode=direct", call("tools/call", &json!({"name": "box__open", "arguments": {}})), "200", "revoked"),
            ("/mcp/box", call("tools/call", &open), "401", "revoked"),
            ("/api/v1/keys", json!({"name": "backdoor", "role": "manage"}).to_string(), "401", "revoked"),
        ];
        let mut begun = Vec::new();
        for (path, body, status, said) in &bodies {
            let request = Begun::send(gateway.address(), &beginning(path, &key.text, body)).await.expect("a server");
            begun.push((request, path, body, status, said));
        }
        // Until the gateway has let them in.
        tokio::time::sleep(Duration::from_millis(500)).await;
        operator.ask("DELETE", &format!("/keys/{}", key.id), Value::Null).await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        for (request, path, body, status, said) in begun {
            let answer = request.finish(&body.as_bytes()[1..]).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(said), "{path}: {answer}");
        }
        assert!(box_server.take_calls().is_empty());
        let keys = operator.get("/keys").await;
        assert!(!keys.to_string().contains("backdoor"), "{keys}");
    });
}

#[test]
fn a_body_has_to_be_there_in_time() {
    tests::run(async {
        let gateway = Gateway::start_with(&[("request_timeout", "300")]).await;
        let body = call("tools/list", &json!({}));
        for (path, said) in [("/mcp", "-32600"), ("/mcp/any", "-32600"), ("/api/v1/keys", "body-timed-out")] {
            let request = Begun::send(gateway.address(), &beginning(path, "", &body)).await.expect("a server");
            let answer = request.finish(b"").await;
            assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{path}: {answer}");
            assert!(answer.contains(said), "{path}: {answer}");
        }
    });
}

#[test]
fn each_request_of_a_batch_counts() {
    tests::run(async {
        let box_server = Canned::start([CannedTool::new("open", Reply::Arguments)]).await;
        let declared = servers([("box", box_server.url())]);
        let gateway = Gateway::start_with(&[("servers", &declared), ("admin_key", ADMIN)]).await;
        let one = |id: usize, name: &str| json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": name, "arguments": {}}});
        for (path, tool) in [("/mcp?mode=direct", "box__open"), ("/mcp/box", "open")] {
            // Enough for a batch of three on either side of a change of the minute, and too few for one of ten.
            let key = gateway.api().with_key(ADMIN).add_key(json!({"rateLimitPerMinute": 4})).await;
            let client = gateway.client().with_key(&key.text);
            let batch = |requests: usize| (0..requests).map(|id| one(id, tool)).collect::<Value>().to_string();
            let few = client.send("POST", path, &HEADERS, batch(3)).await;
            assert!(few.status.is_success(), "{path}: {}", few.status);
            box_server.take_calls();
            let many = client.send("POST", path, &HEADERS, batch(10)).await;
            assert_eq!(many.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
            assert!(many.headers.contains_key("retry-after") && box_server.take_calls().is_empty(), "{path}");
        }
    });
}
