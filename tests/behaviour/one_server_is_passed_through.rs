//! `/mcp/<alias>`: everything that one server has, through the gateway as it is.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{HEADERS, message};
use tests::driver::RealClient;
use tests::gateway::Gateway;
use tests::upstream::{self, Canned, CannedTool, Stopwatch, servers};

#[test]
fn through_python_mcp() {
    through(RealClient::Python);
}

#[test]
fn through_fastmcp() {
    through(RealClient::FastMcp);
}

#[test]
fn through_the_javascript_sdk() {
    through(RealClient::Sdk);
}

#[test]
fn through_the_javascript_client() {
    through(RealClient::Client);
}

#[test]
fn through_rmcp() {
    through(RealClient::Rmcp);
}

#[test]
fn through_the_inspector() {
    through(RealClient::Inspector);
}

/// Calls a tool of a server with sessions, of 2025-11-25, and one of a server of both eras.
fn through(client: RealClient) {
    tests::run(async {
        let everything = upstream::everything();
        let fastmcp = upstream::fastmcp();
        let gateway = Gateway::start(&servers([("everything", everything.url()), ("fast", fastmcp.url())])).await;

        let seen = client.call(&format!("{}/everything", gateway.url()), "echo", json!({"message": "hello"})).await;
        assert!(seen.tools.iter().any(|name| name == "get-sum"), "{:?}", seen.tools);
        assert_eq!(seen.call_result["content"][0]["text"], "Echo: hello", "{:#}", seen.call_result);

        let seen = client.call(&format!("{}/fast", gateway.url()), "add", json!({"a": 1, "b": 2})).await;
        assert_eq!(seen.call_result["structuredContent"], json!({"result": 3}), "{:#}", seen.call_result);
    });
}

fn request(method: &str, params: Value) -> String {
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}).to_string()
}

#[test]
fn a_session_is_good_for_its_server_only_and_shows_nothing_of_the_servers_id() {
    tests::run(async {
        let everything = upstream::everything();
        let gateway = Gateway::start(&servers([("one", everything.url()), ("two", everything.url())])).await;
        let client = gateway.client();
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "tests", "version": "1"}});
        let begin = async || client.send("POST", "/mcp/one", &HEADERS, request("initialize", params.clone())).await;
        let answer = begin().await;
        let session = answer.headers["mcp-session-id"].to_str().expect("text").to_owned();
        let ping = async |path: &str, session: &str| {
            let headers = [HEADERS[0], HEADERS[1], ("mcp-session-id", session), ("mcp-protocol-version", "2025-11-25")];
            client.send("POST", path, &headers, request("ping", json!({}))).await
        };
        let pong = ping("/mcp/one", &session).await;
        assert_eq!((pong.status, &message(&pong)["result"]), (StatusCode::OK, &json!({})));

        let other = begin().await.headers["mcp-session-id"].to_str().expect("text").to_owned();
        assert!(other != session && session.len() > 36, "sealed: {session}");
        let changed = format!("{}{}", &session[..session.len() - 2], if session.ends_with("AA") { "BB" } else { "AA" });
        for (path, session) in [("/mcp/two", session.as_str()), ("/mcp/one", &changed), ("/mcp/one", "guessed")] {
            let refused = ping(path, session).await;
            assert_eq!((refused.status, &message(&refused)["id"]), (StatusCode::NOT_FOUND, &json!(7)), "{path}");
        }
    });
}

#[test]
fn the_servers_credentials_go_out_and_the_callers_do_not() {
    tests::run(async {
        let upstream = Stopwatch::start().await;
        let servers = json!({"mcpServers": {"up": {
            "url": upstream.url(),
            "headers": {"Authorization": "Bearer ${TOKEN}"},
        }}});
        let gateway = Gateway::start_with(&[
            ("servers", &servers.to_string()),
            ("secrets", r#"{"TOKEN": "of-the-operator"}"#),
            ("admin_key", "of-the-caller"),
        ])
        .await;
        let list = async |headers: &[(&str, &str)]| {
            let headers = [&HEADERS[..], headers].concat();
            gateway.client().send("POST", "/mcp/up", &headers, request("tools/list", json!({}))).await
        };
        let answer = list(&[("authorization", "Bearer of-the-caller"), ("cookie", "a=b")]).await;
        assert_eq!(message(&answer)["result"]["tools"][0]["name"], "wait");
        assert_eq!(upstream.authorizations(), BTreeSet::from(["Bearer of-the-operator".to_owned()]));
        assert_eq!(list(&[("authorization", "Bearer wrong")]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(list(&[]).await.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn what_cannot_be_passed_through_says_why() {
    tests::run(async {
        let upstream = Canned::start([CannedTool::text("a", "b")]).await;
        let urls = [("up", upstream.url()), ("down", "http://127.0.0.1:1/mcp".to_owned())];
        let servers = servers(urls);
        let gateway = Gateway::start_with(&[("servers", &servers), ("request_body", "1000")]).await;
        let ping = request("ping", json!({}));
        let large = request("ping", json!({"text": "x".repeat(1_000)}));
        for (method, path, body, status, words) in [
            ("POST", "/mcp/nobody", &ping, StatusCode::NOT_FOUND, "nobody"),
            ("POST", "/mcp/down", &ping, StatusCode::BAD_GATEWAY, "down"),
            ("PUT", "/mcp/up", &ping, StatusCode::METHOD_NOT_ALLOWED, "POST, GET and DELETE"),
            ("POST", "/mcp/up", &large, StatusCode::PAYLOAD_TOO_LARGE, "request_body"),
            ("POST", "/mcp/up/more", &ping, StatusCode::NOT_FOUND, "/mcp/<alias"),
            ("POST", "/mcp/", &ping, StatusCode::NOT_FOUND, "/mcp/<alias"),
        ] {
            let answer = gateway.client().send(method, path, &HEADERS, body.clone()).await;
            let text = message(&answer)["error"]["message"].as_str().unwrap_or_default().to_owned();
            assert!(answer.status == status && text.contains(words), "{method} {path}: {} {text}", answer.status);
        }
        let foreign = [HEADERS[0], HEADERS[1], ("origin", "https://evil.example")];
        let answer = gateway.client().send("POST", "/mcp/up", &foreign, ping.clone()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    });
}
