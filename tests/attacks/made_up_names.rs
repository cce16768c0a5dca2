//! Names of tools, methods and servers that there are not: counters have no room for all of them.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
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
        let rows = loop {
            let usage = api.get("/usage?limit=200").await;
            assert_eq!(usage["next"], Value::Null, "few rows");
            let rows = usage["items"].as_array().expect("rows").clone();
            if rows.iter().any(|row| row["key"] == json!(other.id)) {
                break rows;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let names = |key: &str| -> BTreeSet<String> {
            let own = rows.iter().filter(|row| row["key"] == key);
            own.map(|row| format!("{} {}", row["server"].as_str().unwrap_or(""), row["tool"].as_str().unwrap_or("")))
                .collect()
        };
        for key in [&hostile.id, &blocked.id] {
            let names = names(key);
            assert!(names.iter().all(|name| !name.contains("falcon")), "{names:?}");
            assert!(names.contains("box (unknown)") && names.contains("(unknown) (unknown)"), "{names:?}");
            assert!(
                names.contains("box lever") && names.contains("box knob"),
                "those that there are keep theirs: {names:?}"
            );
        }
        assert_eq!(names(&other.id), BTreeSet::from(["box lever".to_owned()]));
    });
}
