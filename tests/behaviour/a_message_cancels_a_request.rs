//! `notifications/cancelled` of a legacy client ends the request that it names, and the calls that were made for it
//! (MCP 2025-11-25, "Cancellation"); one of another session, or of another id, ends nothing.

use serde_json::{Value, json};
use tests::era::Era;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::upstream::{Canned, CannedTool, servers};

/// Begins a request at a path that waits for the server `up`, and cancels it, by another peer first.
async fn assert_cancelled_at(path: &str, tool: &str, arguments: Value) {
    let upstream = Canned::start_of(Era::Modern, [CannedTool::wait()]).await;
    let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
    let peer = Peer::legacy(gateway.client(), path, json!({})).await;
    let other = Peer::legacy(gateway.client(), path, json!({})).await;
    assert!(peer.session().is_some() && peer.session() != other.session(), "a session each");

    let request = peer.message("tools/call", json!({"name": tool, "arguments": arguments}));
    let waiting = peer.send(&request);
    let cancelling = async {
        upstream.until("the call is there", |upstream| upstream.under_way() == 1).await;
        let cancel =
            |id: &Value| json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
        other.send(&cancel(&request["id"])).await;
        peer.send(&cancel(&json!("another"))).await;
        // Looked at ten times a second.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        assert_eq!((upstream.under_way(), upstream.abandoned()), (1, 0), "it goes on");
        peer.send(&cancel(&request["id"])).await;
        upstream.until("the call loses its connection", |upstream| upstream.abandoned() == 1).await;
    };
    let (answer, ()) = tokio::join!(waiting, cancelling);
    let text = String::from_utf8_lossy(&answer.body);
    assert!(!text.contains("result"), "nobody waits for one: {text}");
    assert_eq!(upstream.take_calls().len(), 1, "nothing went on");
}

#[test]
fn a_script() {
    let code = "await tools.up.wait({ ms: 60000 }); await tools.up.wait({ ms: 1 })";
    tests::run(assert_cancelled_at("/mcp", "execute_code", json!({ "code": code })));
}

#[test]
fn a_direct_call() {
    tests::run(assert_cancelled_at("/mcp?mode=direct", "up__wait", json!({"ms": 60_000})));
}

#[test]
fn a_call_that_is_translated() {
    tests::run(assert_cancelled_at("/mcp/up", "wait", json!({"ms": 60_000})));
}
