//! What the gateway refuses before anything reads it is JSON-RPC to MCP clients, and problem details to operators.

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::HEADERS;
use tests::gateway::Gateway;
use tests::http::Answer;

const ADMIN: &str = "key-of-the-operator-9052";

/// A request to the endpoint, and to the admin API, with the same headers and body.
async fn both(gateway: &Gateway, headers: &[(&str, &str)], body: &str) -> (Answer, Answer) {
    let headers = [&HEADERS[..], headers].concat();
    let client = gateway.client();
    let asked = client.send("POST", "/mcp", &headers, body).await;
    (asked, client.send("POST", "/api/v1/servers", &headers, body).await)
}

fn assert_refused(answers: &(Answer, Answer), status: StatusCode, problem: &str, said: &str) {
    let (client, operator) = answers;
    let rpc: Value = serde_json::from_slice(&client.body).expect("JSON-RPC");
    let details: Value = serde_json::from_slice(&operator.body).expect("problem details");
    assert_eq!((client.status, operator.status), (status, status), "{rpc} {details}");
    let sentence = rpc["error"]["message"].as_str().expect("a message");
    assert!(sentence.contains(said) && rpc["jsonrpc"] == "2.0", "{rpc}");
    let expected = json!({"type": format!("urn:bobbin:problem:{problem}"), "status": status.as_u16(),
        "title": details["title"], "detail": sentence});
    assert_eq!(
        (details, &operator.headers["content-type"]),
        (expected, &"application/problem+json".parse().expect("a value"))
    );
}

#[test]
fn with_no_key_at_all() {
    tests::run(async {
        let gateway = Gateway::start(r#"{"mcpServers": {}}"#).await;
        let elsewhere = both(&gateway, &[("host", "bobbin.example")], "{}").await;
        assert_refused(&elsewhere, StatusCode::FORBIDDEN, "not-local", "admin_key");
        let page = both(&gateway, &[("origin", "https://evil.example")], "{}").await;
        assert_refused(&page, StatusCode::FORBIDDEN, "foreign-origin", "Origin");
        let proxied = both(&gateway, &[("x-forwarded-for", "203.0.113.9")], "{}").await;
        assert_refused(&proxied, StatusCode::FORBIDDEN, "not-local", "x-forwarded-for");
    });
}

#[test]
fn with_a_missing_or_a_wrong_one() {
    tests::run(async {
        let gateway = Gateway::start_with(&[("admin_key", ADMIN)]).await;
        for (headers, said) in [(&[][..], "Authorization: Bearer"), (&[("authorization", "Bearer wrong")], "revoked")] {
            let answers = both(&gateway, headers, "{}").await;
            assert_refused(&answers, StatusCode::UNAUTHORIZED, "unauthorized", said);
            assert_eq!(answers.0.headers["www-authenticate"], answers.1.headers["www-authenticate"]);
        }
    });
}

#[test]
fn with_a_body_that_is_too_large() {
    tests::run(async {
        let gateway = Gateway::start_with(&[("request_body", "4096")]).await;
        let answers = both(&gateway, &[], &" ".repeat(5_000)).await;
        assert_refused(&answers, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "request_body");
    });
}

#[test]
fn with_a_variable_that_cannot_be_used() {
    tests::run(async {
        let gateway = Gateway::start_with(&[("run_calls", "many")]).await;
        let answers = both(&gateway, &[], "{}").await;
        assert_refused(&answers, StatusCode::INTERNAL_SERVER_ERROR, "misconfigured", "run_calls");
    });
}
