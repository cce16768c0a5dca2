//! Whatever servers list, and whichever of them are down: names mean the same to search and to scripts, and what
//! cannot be read hides nothing else.

use serde_json::{Value, json};
use tests::client::Client;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

const DOWN: &str = "http://127.0.0.1:1/mcp";

/// Where a tool is called, as search says.
async fn callable(client: Client, tool: &str) -> String {
    let found = client.call("search_tools", json!({"query": tool})).await;
    let tools = found["tools"].as_array().expect("tools");
    let hit = tools.iter().find(|hit| hit["name"] == tool).unwrap_or_else(|| panic!("{tool}: {found:#}"));
    hit["call"].as_str().expect("an expression").to_owned()
}

#[test]
fn a_server_that_is_down_changes_no_names() {
    tests::run(async {
        let upstream = Canned::start([CannedTool::new("echo", Reply::Arguments)]).await;
        for (up, down) in [("a-b", "a_b"), ("a_b", "a-b"), ("a.b", "a-b")] {
            let urls = [(up, upstream.url()), (down, DOWN.to_owned())];
            let gateway = Gateway::start(&servers(urls)).await;
            let call = callable(gateway.client(), "echo").await;
            let run = gateway.client().execute(&format!("return await {call}({{ n: 1 }})")).await;
            assert_eq!(*run.value(), json!({"n": 1}), "{up} is up, {down} is down: {call}");
        }
    });
}

#[test]
fn deep_schemas_and_odd_characters_hide_no_other_tool() {
    tests::run(async {
        let deep = (0..300).fold(json!({"type": "string"}), |inner, _| json!({"type": "array", "items": inner}));
        let odd = |name: &str, schema: Value| CannedTool::new(name, Reply::Arguments).with("inputSchema", schema);
        let upstream = Canned::start([
            odd("deep_tool", json!({"type": "object", "properties": {"a": deep}})),
            CannedTool::new("nul\u{0}tool", Reply::Arguments).with("description", json!("a\u{0}b\u{2028}c\u{feff}")),
            CannedTool::new("plain_tool", Reply::Arguments),
        ])
        .await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let call = callable(gateway.client(), "plain_tool").await;
        let run = gateway.client().execute(&format!("return await {call}({{ n: 1 }})")).await;
        assert_eq!(*run.value(), json!({"n": 1}));
        let run = gateway.client().execute("return await tools.up.deep_tool({})").await;
        assert!(run.call_result["isError"] != true, "{:#}", run.call_result);
    });
}

#[test]
fn descriptions_are_the_same_every_time() {
    tests::run(async {
        let upstream = Canned::start(["c", "a", "b"].map(|name| CannedTool::text(name, "x"))).await;
        let gateway = Gateway::start(&servers([("two", upstream.url()), ("one", upstream.url())])).await;
        let first = gateway.client().request("tools/list", json!({})).await;
        for _ in 0..5 {
            assert_eq!(gateway.client().request("tools/list", json!({})).await, first);
        }
    });
}
