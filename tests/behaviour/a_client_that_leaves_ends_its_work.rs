//! Closing the connection cancels what is under way (MCP 2026-07-28, "Cancellation"), whatever else the gateway does.

use std::time::Duration;

use serde_json::json;
use tests::client::HEADERS;
use tests::gateway::Gateway;
use tests::http::Connection;
use tests::upstream::{Canned, CannedTool, servers};

#[test]
fn beside_another_one_that_stays() {
    tests::run(async {
        let clock = Canned::start([CannedTool::wait()]).await;
        let gateway = Gateway::start(&servers([("clock", clock.url())])).await;
        let client = gateway.client();
        let staying = tokio::spawn(async move {
            let code = "for (let i = 0; i < 50; i += 1) await tools.clock.wait({ ms: 100 }); return 'stayed'";
            client.execute(code).await.value().clone()
        });
        let code = "await tools.clock.wait({ ms: 4000 }); return await tools.clock.wait({ ms: 7 })";
        let params = json!({"name": "execute_code", "arguments": {"code": code}});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
        for _ in 0..4 {
            let mut connection = Connection::open(gateway.address()).await.expect("a connection");
            // The head of a stream comes while the script waits.
            let answer = connection.begin("POST", "/mcp", &HEADERS, message.clone()).await.expect("a head");
            assert_eq!(answer.headers()["content-type"], "text/event-stream");
        }
        assert_eq!(staying.await.expect("its task"), "stayed");
        tokio::time::sleep(Duration::from_millis(200)).await;
        let waits: Vec<_> = clock.take_calls().into_iter().map(|(_, arguments)| arguments["ms"].clone()).collect();
        assert_eq!(waits.iter().filter(|ms| **ms == 4_000).count(), 4, "each began");
        assert!(!waits.contains(&json!(7)), "none went on: {waits:?}");
    });
}
