//! `notifications/cancelled` of a legacy client ends the request that it names, and the calls that were made for it
//! (MCP 2025-11-25, "Cancellation"); one of another session, or of another id, ends nothing.

use serde_json::{Value, json};
use std::time::Duration;
use tests::client::HEADERS;
use tests::era::Era;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::upstream::{Canned, CannedTool, servers};

/// A gateway with the server `up`, and a legacy client at a path.
struct Scene {
    upstream: Canned,
    gateway: Gateway,
    path: &'static str,
    peer: Peer,
}

impl Scene {
    async fn at(path: &'static str) -> Self {
        let upstream = Canned::start_of(Era::Modern, [CannedTool::wait()]).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let peer = Peer::legacy(gateway.client(), path, json!({})).await;
        Self { upstream, gateway, path, peer }
    }

    /// Begins a call that waits for the server, cancels it, and looks what becomes of it.
    async fn assert_ended(&self, tool: &str, arguments: Value, cancel: impl AsyncFnOnce(&Value)) {
        let request = self.peer.message("tools/call", json!({"name": tool, "arguments": arguments}));
        let cancelling = async {
            self.upstream.until("the call is there", |upstream| upstream.under_way() == 1).await;
            cancel(&request["id"]).await;
            self.upstream.until("the call loses its connection", |upstream| upstream.abandoned() == 1).await;
        };
        let (answer, ()) = tokio::join!(self.peer.send(&request), cancelling);
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains("result"), "nobody waits for one: {text}");
        assert_eq!(self.upstream.take_calls().len(), 1, "nothing went on");
    }

    async fn assert_ended_by_its_own_client(&self, tool: &str, arguments: Value) {
        let other = Peer::legacy(self.gateway.client(), self.path, json!({})).await;
        assert!(self.peer.session().is_some() && self.peer.session() != other.session(), "a session each");
        let cancel = async |id: &Value| {
            other.send(&cancelled(id)).await;
            self.peer.send(&cancelled(&json!("another"))).await;
            // It is looked at ten times a second.
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_eq!((self.upstream.under_way(), self.upstream.abandoned()), (1, 0), "it goes on");
            self.peer.send(&cancelled(id)).await;
        };
        self.assert_ended(tool, arguments, cancel).await;
    }

    /// As MCP 2025-03-26 has it.
    async fn assert_ended_by_a_batch(&self, tool: &str, arguments: Value) {
        let session = self.peer.session().expect("a session");
        let of_session = [("mcp-session-id", session), ("mcp-protocol-version", "2025-03-26")];
        let headers: Vec<_> = HEADERS.iter().copied().chain(of_session).collect();
        let cancel = async |id: &Value| {
            let batch = json!([cancelled(id)]).to_string();
            let answer = self.gateway.client().send("POST", self.path, &headers, batch).await;
            assert_eq!(answer.status, 202);
        };
        self.assert_ended(tool, arguments, cancel).await;
    }
}

fn cancelled(id: &Value) -> Value {
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}})
}

fn script() -> Value {
    json!({"code": "await tools.up.wait({ ms: 60000 }); await tools.up.wait({ ms: 1 })"})
}

fn call() -> Value {
    json!({"ms": 60_000})
}

#[test]
fn a_script() {
    tests::run(async { Scene::at("/mcp").await.assert_ended_by_its_own_client("execute_code", script()).await });
}

#[test]
fn a_direct_call() {
    tests::run(async { Scene::at("/mcp?mode=direct").await.assert_ended_by_its_own_client("up__wait", call()).await });
}

#[test]
fn a_call_that_is_translated() {
    tests::run(async { Scene::at("/mcp/up").await.assert_ended_by_its_own_client("wait", call()).await });
}

#[test]
fn by_a_batch() {
    tests::run(async {
        Scene::at("/mcp").await.assert_ended_by_a_batch("execute_code", script()).await;
        Scene::at("/mcp/up").await.assert_ended_by_a_batch("wait", call()).await;
    });
}
