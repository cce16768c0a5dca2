//! `/mcp?mode=direct`: the tools of all servers instead of Code Mode.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::client::{HEADERS, message};
use tests::era::Era;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Fault, Faulty, Reply, servers};

const DOWN: &str = "http://127.0.0.1:1/mcp";

async fn request(gateway: &Gateway, method: &str, params: Value) -> Value {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    message(&gateway.client().send("POST", "/mcp?mode=direct", &HEADERS, request.to_string()).await)
}

fn with_servers<F: AsyncFnOnce(Gateway, Canned)>(check: F) {
    tests::run(async {
        let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
        let upstream = Canned::start([
            CannedTool::new("echo", Reply::Arguments)
                .with("title", json!("Echo"))
                .with("description", json!("Gives back what it gets."))
                .with("inputSchema", schema)
                .with("annotations", json!({"readOnlyHint": true})),
            CannedTool::new(
                "fails",
                Reply::Result(json!({"content": [{"type": "text", "text": "no"}], "isError": true})),
            ),
            CannedTool::new("refuses", Reply::Error(json!({"code": -32050, "message": "not you", "data": {"why": 1}}))),
            CannedTool::text("dots.and spaces", "odd"),
        ])
        .await;
        let many = Canned::start((0..450).map(|number| CannedTool::text(&format!("tool_{number:03}"), "x"))).await;
        let urls = [("up", upstream.url()), ("many", many.url()), ("down", DOWN.to_owned())];
        check(Gateway::start(&servers(urls)).await, upstream).await;
    });
}

#[test]
fn every_tool_is_listed_once_page_by_page() {
    with_servers(async |gateway, _| {
        let (mut names, mut pages, mut cursor) = (Vec::new(), 0, json!({}));
        loop {
            let response = request(&gateway, "tools/list", cursor).await;
            let result = &response["result"];
            let tools = result["tools"].as_array().unwrap_or_else(|| panic!("a page: {response}"));
            names.extend(tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()));
            pages += 1;
            match result.get("nextCursor") {
                Some(next) => cursor = json!({"cursor": next}),
                None => break,
            }
        }
        let mut unique = names.clone();
        unique.dedup();
        assert_eq!((names.len(), unique.len(), pages), (454, 454, 3));
        assert!(names.contains(&"many__tool_449".to_owned()) && names.contains(&"up__echo".to_owned()));
        assert!(!names.iter().any(|name| name.contains("execute_code")));
        let response = request(&gateway, "tools/list", json!({"cursor": "no such page"})).await;
        assert_eq!(response["error"]["code"], -32602);
    });
}

#[test]
fn a_tool_is_described_as_its_server_does() {
    with_servers(async |gateway, _| {
        let last = json!({"cursor": "many__tool_449"});
        let response = request(&gateway, "tools/list", last).await;
        let echo = json!({
            "name": "up__echo",
            "title": "Echo",
            "description": "Gives back what it gets.",
            "inputSchema": {"type": "object", "properties": {"a": {"type": "integer"}}},
            "annotations": {"readOnlyHint": true},
        });
        assert!(response["result"]["tools"].as_array().expect("tools").contains(&echo), "{response:#}");
    });
}

#[test]
fn a_call_reaches_its_tool_and_gives_what_the_tool_gives() {
    with_servers(async |gateway, _| {
        let call =
            async |name: &str| request(&gateway, "tools/call", json!({"name": name, "arguments": {"a": 1}})).await;
        assert_eq!(call("up__echo").await["result"]["structuredContent"], json!({"a": 1}));
        let failed = call("up__fails").await;
        assert_eq!(
            (&failed["result"]["isError"], &failed["result"]["content"][0]["text"]),
            (&json!(true), &json!("no"))
        );
        let refused = call("up__refuses").await;
        assert_eq!((&refused["error"]["code"], &refused["error"]["data"]), (&json!(-32050), &json!({"why": 1})));

        let page = request(&gateway, "tools/list", json!({"cursor": "many__tool_449"})).await;
        let tools = page["result"]["tools"].as_array().expect("tools");
        let odd = tools.iter().filter_map(|tool| tool["name"].as_str()).find(|name| name.starts_with("up__dots"));
        assert_eq!(call(odd.expect("a name that models take")).await["result"]["content"][0]["text"], "odd");
    });
}

#[test]
fn what_cannot_be_called_says_why() {
    with_servers(async |gateway, upstream| {
        for name in ["up__no_such", "nobody__echo", "execute_code"] {
            let response = request(&gateway, "tools/call", json!({ "name": name })).await;
            assert_eq!(response["error"]["code"], -32602, "{response}");
            assert!(response["error"]["message"].as_str().is_some_and(|text| text.contains(name)), "{response}");
        }
        let response = request(&gateway, "tools/call", json!({"name": "down__echo"})).await;
        let text = response["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(response["result"]["isError"] == true && text.contains("down"), "{response}");
        assert_eq!(upstream.take_calls(), []);

        let answer = gateway.client().send("POST", "/mcp?mode=fast", &HEADERS, "{}").await;
        assert_eq!(answer.status, 400);
        assert!(message(&answer)["error"]["message"].as_str().is_some_and(|text| text.contains("fast")));
    });
}

#[test]
fn a_call_ends_in_the_time_of_its_server() {
    tests::run(async {
        for method in [Era::Legacy.first_method(), "tools/list", "tools/call"] {
            let hanging = Faulty::start(Era::Legacy, Fault::HangsBeforeHeaders, method).await;
            let entry = json!({"type": "http", "url": hanging.url(), "timeout": 500});
            let gateway = Gateway::start(&json!({"mcpServers": {"hanging": entry}}).to_string()).await;
            let started = Instant::now();
            let response = gateway.client().call_directly("hanging__act", json!({})).await;
            assert!(started.elapsed() < Duration::from_secs(5), "{method}: {:?}", started.elapsed());
            let text = response["result"]["content"][0]["text"].as_str().unwrap_or_default();
            match method {
                // The tool is called though its list cannot be had.
                "tools/list" => assert_eq!(text, "done", "{response}"),
                _ => assert!(text.contains("\"hanging\"") && text.contains("took too long"), "{method}: {response}"),
            }
            hanging.until_all_are_closed().await;
        }
    });
}
