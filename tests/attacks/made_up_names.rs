//! Names of tools, methods and servers that there are not: counters have no room for all of them.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tests::api::Api;
use tests::client::HEADERS;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, servers};

const ADMIN: &str = "key-of-the-operator-4711";

#[test]
fn are_counted_as_one_and_take_no_room_from_others() {
    tests::run(async {
        let canned = Canned::start([CannedTool::text("lever", "pulled"), CannedTool::text("knob", "turned")]).await;
        let servers = servers([("box", canned.url()), ("down", "http://127.0.0.1:9/mcp".to_owned())]);
        let gateway = Gateway::start_with(&[("servers", servers.as_str()), ("admin_key", ADMIN)]).await;
        let api = gateway.api().with_key(ADMIN);
        let limited = json!({"tools": {"rules": [{"name": "box/knob", "access": "blocked"}]}});
        let [hostile, blocked, other] =
            [api.add_key(json!({})).await, api.add_key(limited).await, api.add_key(json!({})).await];
        for key in [&hostile, &blocked] {
            let client = gateway.client().with_key(&key.text);
            // From here on the gateway knows which there are.
            client.listed_at("/mcp?mode=direct").await;
            for number in 0..20 {
                let name = format!("falcon{number}");
                let call = json!({"name": name, "arguments": {}});
                client.request_at("/mcp/box", "tools/call", call).await;
                client.request_at("/mcp/box", &name, json!({})).await;
                client.request_at(&format!("/mcp/{name}"), "tools/call", json!({"name": name})).await;
                client.call_directly(&format!("box__{name}"), json!({})).await;
                let notification = json!({"jsonrpc": "2.0", "method": format!("notifications/{name}")}).to_string();
                client.send("POST", "/mcp/box", &HEADERS, notification).await;
                let script = format!("return await Promise.allSettled([tools.box.{name}(), tools.{name}.{name}()])");
                client.execute(&script).await;
            }
            client.request_at("/mcp/box", "tools/call", json!({"name": "knob", "arguments": {}})).await;
            client.request_at("/mcp/box", "tools/call", json!({"name": "lever", "arguments": {}})).await;
        }
        gateway.client().with_key(&other.text).execute("return await tools.box.lever()").await;
        let made_up = ["(unknown) (unknown)", "box (unknown)", "box knob", "box lever"].map(str::to_owned).into();
        for key in [&hostile.id, &blocked.id] {
            assert_eq!(counted(&api, key, &made_up).await, made_up, "those that there are keep theirs");
        }
        let lever = BTreeSet::from(["box lever".to_owned()]);
        assert_eq!(counted(&api, &other.id, &lever).await, lever);
    });
}

/// The servers and tools that are counted for a key: instances write what they counted within a second.
async fn counted(api: &Api, key: &str, expected: &BTreeSet<String>) -> BTreeSet<String> {
    for _ in 0..50 {
        let usage = api.get(&format!("/usage?limit=200&key={key}")).await;
        assert_eq!(usage["next"], Value::Null, "few rows");
        let rows = usage["items"].as_array().expect("rows");
        let name = |row: &Value, member: &str| row[member].as_str().unwrap_or("").to_owned();
        let names: BTreeSet<String> =
            rows.iter().map(|row| format!("{} {}", name(row, "server"), name(row, "tool"))).collect();
        if names == *expected || names.iter().any(|name| name.contains("falcon")) {
            return names;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{expected:?} are not counted: {}", api.get("/usage?limit=200").await)
}
