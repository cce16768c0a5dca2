//! The handshakes of every version of MCP that the gateway speaks.

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{self, HEADERS};
use tests::gateway::Gateway;

fn with_gateway<F: AsyncFnOnce(Gateway)>(check: F) {
    tests::run(async { check(Gateway::start(r#"{"mcpServers": {}}"#).await).await });
}

fn meta(version: &str) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
    })
}

#[test]
fn initialize_agrees_on_each_legacy_version() {
    with_gateway(async |gateway| {
        for (asked, agreed) in [
            ("2025-03-26", "2025-03-26"),
            ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"),
            ("2026-07-28", "2025-11-25"),
            ("1999-01-01", "2025-11-25"),
        ] {
            let params = json!({"protocolVersion": asked, "capabilities": {},
                "clientInfo": {"name": "tests", "version": "1"}});
            let response = gateway.client().request("initialize", params).await;
            assert_eq!(response["result"]["protocolVersion"], agreed, "{response}");
            assert!(response["result"]["capabilities"]["tools"].is_object(), "{response}");
        }
    });
}

#[test]
fn a_batch_of_2025_03_26_is_answered_as_a_batch() {
    with_gateway(async |gateway| {
        let call = |id: u64| {
            let params = json!({"name": "execute_code", "arguments": {"code": format!("return {id}")}});
            json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
        };
        let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let answer = gateway.client().post(&json!([call(1), notification, call(2)])).await;
        let answers = client::message(&answer);
        for (at, id) in [(0, 1), (1, 2)] {
            let value = &answers[at]["result"]["structuredContent"]["result"];
            assert_eq!((&answers[at]["id"], value), (&json!(id), &json!(id)), "{answers:#}");
        }
        assert_eq!(answers.as_array().map(Vec::len), Some(2));
        let answer = gateway.client().post(&json!([notification])).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::ACCEPTED, 0));
        let headers = [HEADERS[0], HEADERS[1], ("mcp-protocol-version", "2025-06-18")];
        let answer = gateway.client().send("POST", "/mcp", &headers, json!([call(1)]).to_string()).await;
        assert_eq!(
            (answer.status, &client::message(&answer)["error"]["code"]),
            (StatusCode::BAD_REQUEST, &json!(-32600))
        );
    });
}

#[test]
fn an_initialized_client_is_accepted_without_a_session() {
    with_gateway(async |gateway| {
        let client = gateway.client();
        let answer = client.post(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::ACCEPTED, 0));
        assert_eq!(client.request("ping", json!({})).await["result"], json!({}));
    });
}

/// A client that reads no further than the length has left nothing unread.
#[test]
fn answers_say_how_long_they_are() {
    with_gateway(async |gateway| {
        for (message, status) in [
            (json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), StatusCode::ACCEPTED),
            (json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}), StatusCode::OK),
            (json!({"jsonrpc": "2.0"}), StatusCode::BAD_REQUEST),
        ] {
            let answer = gateway.client().post(&message).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.headers["content-length"], answer.body.len().to_string(), "{message}");
        }
    });
}

#[test]
fn discover_and_call_at_2026_07_28() {
    with_gateway(async |gateway| {
        let version = "2026-07-28";
        let send = async |method: &str, name: Option<&str>, mut params: Value| {
            params["_meta"] = meta(version);
            let mut headers = HEADERS.to_vec();
            headers.extend([("mcp-protocol-version", version), ("mcp-method", method)]);
            headers.extend(name.map(|name| ("mcp-name", name)));
            let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
            let answer = gateway.client().send("POST", "/mcp", &headers, message.to_string()).await;
            assert_eq!(answer.status, StatusCode::OK);
            client::message(&answer)["result"].clone()
        };

        let discovered = send("server/discover", None, json!({})).await;
        assert_eq!(discovered["resultType"], "complete", "{discovered}");
        let versions = discovered["supportedVersions"].as_array().expect("versions");
        assert!(versions.contains(&json!(version)), "{discovered}");

        let listed = send("tools/list", None, json!({})).await;
        assert!(listed["ttlMs"].is_u64() && listed["cacheScope"].is_string(), "{listed}");

        let called = send(
            "tools/call",
            Some("execute_code"),
            json!({"name": "execute_code", "arguments": {"code": "return 1"}}),
        )
        .await;
        assert_eq!((&called["resultType"], &called["structuredContent"]["result"]), (&json!("complete"), &json!(1)));
    });
}

#[test]
fn headers_that_do_not_fit_the_message_are_refused() {
    with_gateway(async |gateway| {
        let message =
            json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta("2026-07-28")}});
        for (version, method, code) in [("2026-07-28", "tools/call", -32020), ("2025-11-25", "tools/list", -32020)] {
            let mut headers = HEADERS.to_vec();
            headers.extend([("mcp-protocol-version", version), ("mcp-method", method)]);
            let answer = gateway.client().send("POST", "/mcp", &headers, message.to_string()).await;
            let response = client::message(&answer);
            assert_eq!(
                (answer.status, &response["error"]["code"]),
                (StatusCode::BAD_REQUEST, &json!(code)),
                "{response}"
            );
        }
    });
}
