//! A script calls server-everything and a FastMCP server, one after the other and at once, whichever real
//! client sends it.

use serde_json::{Value, json};
use tests::driver::RealClient;
use tests::gateway::Gateway;
use tests::upstream::{self, servers};

const SCRIPT: &str = r#"
    const first = await tools.everything["get-sum"]({ a: 20, b: 22 });
    const second = await tools.fast.add({ a: 1, b: 2 });
    const [echoed, sum, city] = await Promise.all([
        tools.everything.echo({ message: "hello" }),
        tools.fast.add({ a: second.result, b: 4 }),
        tools.fast.city({ name: "Ulm" }),
    ]);
    return { first, second, echoed, sum, city };
"#;

fn expected() -> Value {
    json!({
        "first": "The sum of 20 and 22 is 42.",
        "second": {"result": 3},
        "echoed": "Echo: hello",
        "sum": {"result": 7},
        "city": {"name": "Ulm", "population": 3000},
    })
}

#[test]
fn through_python_mcp() {
    through(RealClient::Python, Some("2026-07-28"));
}

#[test]
fn through_the_javascript_sdk() {
    through(RealClient::Sdk, Some("2025-11-25"));
}

#[test]
fn through_the_javascript_client() {
    through(RealClient::Client, Some("2026-07-28"));
}

#[test]
fn through_fastmcp() {
    through(RealClient::FastMcp, Some("2026-07-28"));
}

#[test]
fn through_rmcp() {
    through(RealClient::Rmcp, Some("2026-07-28"));
}

#[test]
fn through_the_inspector() {
    through(RealClient::Inspector, None);
}

fn through(client: RealClient, version: Option<&str>) {
    tests::run(async {
        let everything = upstream::everything();
        let fastmcp = upstream::fastmcp();
        let gateway = Gateway::start(&servers([("everything", everything.url()), ("fast", fastmcp.url())])).await;

        let seen = client.execute(&gateway.url(), SCRIPT).await;

        assert_eq!(seen.protocol_version.as_deref(), version);
        for tool in ["list_servers", "search_tools", "execute_code"] {
            assert!(seen.tools.iter().any(|name| name == tool), "{tool} is listed: {:?}", seen.tools);
        }
        let structured = &seen.call_result["structuredContent"];
        assert_eq!(structured["result"], expected(), "{:#}", seen.call_result);
        assert_eq!(structured["calls"].as_array().map(Vec::len), Some(5), "{structured:#}");
        let text = seen.call_result["content"][0]["text"].as_str().expect("the same as text");
        assert!(text.contains("The sum of 20 and 22 is 42."), "{text}");
    });
}
