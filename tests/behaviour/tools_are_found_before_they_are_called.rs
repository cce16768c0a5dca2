//! An agent that knows nothing finds the servers, then a tool, and pastes what it found into a script.

use serde_json::{Value, json};
use tests::gateway::Gateway;
use tests::upstream::{self, servers};

#[test]
fn list_servers_says_which_are_there_and_which_are_not() {
    tests::run(async {
        let everything = upstream::everything();
        let nobody = "http://127.0.0.1:9/mcp".to_owned();
        let gateway = Gateway::start(&servers([("everything", everything.url()), ("down", nobody)])).await;

        let listed = gateway.client().call("list_servers", json!({})).await;

        let servers = listed["servers"].as_array().expect("a list");
        let found = |alias: &str| servers.iter().find(|one| one["alias"] == alias).cloned().unwrap_or_default();
        assert_eq!(found("everything")["health"], "ok", "{listed:#}");
        assert!(found("everything")["tools"].as_u64() > Some(10), "{listed:#}");
        assert_eq!(found("down")["health"], "unavailable", "{listed:#}");
        assert!(found("down")["message"].as_str().is_some_and(|text| !text.is_empty()), "{listed:#}");
    });
}

#[test]
fn what_search_tools_gives_can_be_pasted() {
    tests::run(async {
        let everything = upstream::everything();
        let fastmcp = upstream::fastmcp();
        let gateway = Gateway::start(&servers([("everything", everything.url()), ("fast", fastmcp.url())])).await;
        let client = gateway.client();

        let found = client.call("search_tools", json!({"query": "get sum"})).await;

        let first: &Value = &found["tools"][0];
        assert_eq!((&first["server"], &first["name"]), (&json!("everything"), &json!("get-sum")), "{found:#}");
        let declaration = first["text"].as_str().expect("a declaration");
        assert!(declaration.contains("a: number") && declaration.contains("b: number"), "{declaration}");
        let call = first["call"].as_str().expect("an expression");
        let run = client.execute(&format!("return await {call}({{ a: 2, b: 3 }})")).await;
        assert_eq!(*run.value(), json!("The sum of 2 and 3 is 5."));
    });
}

#[test]
fn a_small_set_up_needs_no_search() {
    tests::run(async {
        let fastmcp = upstream::fastmcp();
        let gateway = Gateway::start(&servers([("fast", fastmcp.url())])).await;
        let listed = gateway.client().request("tools/list", json!({})).await;
        let tools = listed["result"]["tools"].as_array().expect("a list");
        let execute = tools.iter().find(|tool| tool["name"] == "execute_code").expect("execute_code");
        let description = execute["description"].as_str().expect("a description");
        for tool in ["add", "echo", "slow", "fail", "city", "picture"] {
            assert!(description.contains(tool), "{tool}: {description}");
        }
    });
}
