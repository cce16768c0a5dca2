//! Clients that check each member of each tool list what they are given, though some tools are odd: at
//! `/mcp?mode=direct`, where one odd tool would take those of all servers from them, and where Bobbin translates.

use serde_json::{Value, json};
use tests::driver::RealClient;
use tests::era::Era;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

/// Results whose property `y` has this schema.
fn output(y: Value) -> (&'static str, Value) {
    ("outputSchema", json!({"type": "object", "properties": {"y": y}}))
}

/// Members that strict clients refuse, or cannot compile.
fn odd_members() -> Vec<(&'static str, Value)> {
    vec![
        ("annotations", json!({"readOnlyHint": "yes"})),
        ("annotations", json!({"title": 3})),
        ("title", json!(5)),
        ("inputSchema", json!({})),
        ("inputSchema", json!({"type": "object", "properties": {"x": true}})),
        ("inputSchema", json!({"type": "object", "properties": null})),
        ("inputSchema", json!({"type": "object", "required": "x"})),
        ("outputSchema", json!({"properties": {}})),
        ("outputSchema", json!({"type": "array"})),
        output(json!(true)),
    ]
}

/// The same for clients that compile the schemas of results as soon as they are listed.
fn odd_results() -> Vec<(&'static str, Value)> {
    vec![
        output(json!({"$ref": "#/components/schemas/Y"})),
        output(json!({"type": "frob"})),
        output(json!({"type": "string", "pattern": "(?P<year>x)"})),
        output(json!({"minimum": "3"})),
    ]
}

/// A server with a plain tool, one whose result is a list, and one for each odd member.
async fn server(era: Era, odd: Vec<(&'static str, Value)>) -> Canned {
    let list = json!({"content": [], "structuredContent": [1, 2]});
    let odd = odd
        .into_iter()
        .enumerate()
        .map(|(number, (member, value))| CannedTool::text(&format!("odd_{number}"), "odd").with(member, value));
    let plain = [
        CannedTool::text("plain", "fine"),
        CannedTool::new("list", Reply::Result(list)).with("outputSchema", json!({"type": "array"})),
    ];
    Canned::start_of(era, plain.into_iter().chain(odd)).await
}

/// Lists all tools, of which there are as many, and calls two.
async fn assert_usable(client: RealClient, url: &str, prefix: &str, tools: usize) {
    for (tool, text) in [("plain", "fine"), ("list", "[1,2]")] {
        let seen = client.call(url, &format!("{prefix}{tool}"), json!({})).await;
        assert_eq!(seen.tools.len(), tools, "{client:?}: {:?}", seen.tools);
        let result = &seen.call_result;
        let is_modern = seen.protocol_version.as_deref() == Some(Era::Modern.version());
        if tool == "list" && is_modern {
            assert_eq!(result["structuredContent"], json!([1, 2]), "{client:?}");
        } else {
            assert_eq!(result["content"][0]["text"], text, "{client:?}: {result}");
            assert!(result.get("structuredContent").is_none_or(Value::is_null), "{client:?}: {result}");
        }
    }
}

#[test]
fn of_all_servers_in_direct_mode() {
    tests::run(async {
        for era in Era::ALL {
            let odd = [odd_members(), odd_results()].concat();
            let tools = odd.len() + 2;
            let upstream = server(era, odd).await;
            let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
            let url = format!("{}?mode=direct", gateway.url());
            for client in [RealClient::Sdk, RealClient::Client, RealClient::Python] {
                assert_usable(client, &url, "up__", tools).await;
            }
        }
    });
}

#[test]
fn of_a_server_of_the_other_era() {
    tests::run(async {
        let odd = odd_members();
        let tools = odd.len() + 2;
        let upstream = server(Era::Modern, odd).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        assert_usable(RealClient::Sdk, &format!("{}/up", gateway.url()), "", tools).await;
    });
}

#[test]
fn no_headers_are_promised_to_be_checked() {
    tests::run(async {
        let schema = json!({"type": "object", "properties": {"q": {"type": "string", "x-mcp-header": "Q"}}});
        let tool = CannedTool::text("search", "found").with("inputSchema", schema);
        let upstream = Canned::start_of(Era::Modern, [tool]).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let listed = gateway.client().request_at("/mcp?mode=direct", "tools/list", json!({})).await;
        let properties = &listed["result"]["tools"][0]["inputSchema"]["properties"];
        assert_eq!(*properties, json!({"q": {"type": "string"}}), "{listed}");

        gateway.client().call_directly("up__search", json!({"q": "x"})).await;
        let received = upstream.take_received();
        let call = received.iter().find(|one| one.message["method"] == "tools/call").expect("a call");
        assert_eq!(call.headers["mcp-param-q"], "x", "the server itself gets them");
    });
}
