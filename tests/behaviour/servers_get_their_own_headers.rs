//! The headers that the operator configured reach the server, with the values of `${NAME}`s in them, and the
//! caller's own never do.

use std::collections::BTreeSet;

use serde_json::json;
use tests::client::{self, HEADERS};
use tests::gateway::Gateway;
use tests::upstream::Stopwatch;

#[test]
fn with_values_from_the_secrets_and_without_the_callers() {
    tests::run(async {
        let upstream = Stopwatch::start().await;
        let servers = json!({"mcpServers": {"up": {
            "type": "http",
            "url": upstream.url(),
            "headers": {"Authorization": "Bearer ${TOKEN}"},
        }}});
        let gateway = Gateway::start_with(&[
            ("servers", &servers.to_string()),
            ("secrets", r#"{"TOKEN": "of-the-operator"}"#),
            ("admin_key", "of-the-caller"),
        ])
        .await;

        let headers = [&HEADERS[..], &[("authorization", "Bearer of-the-caller")]].concat();
        let code = "return await tools.up.wait({ ms: 1 })";
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "execute_code", "arguments": {"code": code}}});
        let answer = gateway.client().send("POST", "/mcp", &headers, message.to_string()).await;

        let text = client::message(&answer).to_string();
        assert!(text.contains(r#""result":"done""#), "{text}");
        assert!(!text.contains("of-the-operator"), "nothing that comes back has a credential in it: {text}");
        assert_eq!(upstream.authorizations(), BTreeSet::from(["Bearer of-the-operator".to_owned()]));
    });
}
