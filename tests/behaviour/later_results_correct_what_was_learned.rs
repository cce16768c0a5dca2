//! Result types that are learned grow with what tools return.

use std::time::Duration;

use serde_json::json;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

#[test]
fn types_become_unions_keys_optional_and_ids_a_map() {
    tests::run(async {
        let upstream = Canned::start([CannedTool::new("echo", Reply::Arguments)]).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let client = gateway.client();
        let learned_with = async |words: &[&str]| {
            let mut text = String::new();
            for _ in 0..100 {
                let found = client.call("search_tools", json!({"query": "echo", "detail": "full"})).await;
                text = found["tools"][0]["text"].as_str().expect("text").to_owned();
                if words.iter().all(|word| text.contains(word)) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("{words:?}: {text}");
        };
        client.execute("await tools.up.echo({ a: 1, always: true })").await;
        learned_with(&["a: number", "always: boolean", "1 result"]).await;
        let ids = json!({"6f1c1b1e-0d3a-4c55-9c5e-0a1b2c3d4e5f": 1, "0b7f6c1e-93d4-4a0c-8f57-5e6d7c8b9a0f": 2});
        client.execute(&format!("await tools.up.echo({{ a: 'x', always: true, ids: {ids} }})")).await;
        learned_with(&["number | string", "always: boolean", "ids?: Record<string, number>", "2 results"]).await;
    });
}
