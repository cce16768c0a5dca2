//! Without a key the gateway answers its own machine only; with one, whoever sends it.

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{self, HEADERS};
use tests::gateway::Gateway;
use tests::http::Answer;

/// Asks the gateway for its tools with these headers besides the usual ones.
async fn list_tools(gateway: &Gateway, headers: &[(&str, &str)]) -> Answer {
    let headers = [&HEADERS[..], headers].concat();
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    gateway.client().send("POST", "/mcp", &headers, message.to_string()).await
}

fn is_list(answer: &Answer) -> bool {
    let message: Value = client::message(answer);
    answer.status == StatusCode::OK && message["result"]["tools"].is_array()
}

#[test]
fn without_a_key_another_host_is_refused() {
    tests::run(async {
        let gateway = Gateway::start(r#"{"mcpServers": {}}"#).await;
        for host in ["127.0.0.1:3000", "localhost", "[::1]:3000"] {
            assert!(is_list(&list_tools(&gateway, &[("host", host)]).await), "{host}");
        }
        for host in ["bobbin.example", "127.0.0.1.example", "192.168.1.2:3000"] {
            let answer = list_tools(&gateway, &[("host", host)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{host}");
            assert!(!answer.body.is_empty(), "{host}: says why");
        }
    });
}

#[test]
fn without_a_key_a_page_of_another_origin_is_refused() {
    tests::run(async {
        let gateway = Gateway::start(r#"{"mcpServers": {}}"#).await;
        assert!(is_list(&list_tools(&gateway, &[("origin", "http://localhost:5173")]).await));
        for origin in ["https://evil.example", "null"] {
            assert_eq!(list_tools(&gateway, &[("origin", origin)]).await.status, StatusCode::FORBIDDEN, "{origin}");
        }
    });
}

#[test]
fn with_a_key_whoever_sends_it_gets_in() {
    tests::run(async {
        let gateway = Gateway::start_with(&[("servers", r#"{"mcpServers": {}}"#), ("admin_key", "open-sesame")]).await;
        let with = [("authorization", "Bearer open-sesame"), ("host", "bobbin.example")];
        assert!(is_list(&list_tools(&gateway, &with).await));
        let with_origin = |origin| [&with[..], &[("origin", origin)]].concat();
        assert!(is_list(&list_tools(&gateway, &with_origin("https://bobbin.example")).await));
        let page = list_tools(&gateway, &with_origin("https://evil.example")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "MCP, transports: a foreign Origin must be refused");
        for wrong in [&[][..], &[("authorization", "Bearer open")], &[("authorization", "Basic open-sesame")]] {
            let answer = list_tools(&gateway, wrong).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
            assert!(answer.headers.contains_key("www-authenticate"), "{wrong:?}");
        }
    });
}
