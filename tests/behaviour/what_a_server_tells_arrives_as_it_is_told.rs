//! `/mcp/<alias>` holds nothing back: what a server says while it works, or unasked, is there at once, and a server
//! learns at once that nobody listens any more.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use tests::era::Era;
use tests::events::Events;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::upstream::{self, Stepwise, servers};
use tokio::time::timeout;

/// In which something must arrive that nothing holds back. Under Spin a client that leaves is missed by the second comment
/// line that nobody reads, after six seconds at the most.
const PROMPT: Duration = Duration::from_secs(8);

async fn prompt<T>(what: &str, arriving: impl Future<Output = T>) -> T {
    timeout(PROMPT, arriving).await.unwrap_or_else(|_| panic!("within {PROMPT:?}: {what}"))
}

/// The next message of a stream.
async fn next(events: &mut Events) -> Value {
    prompt("the next event", events.next()).await.expect("a stream that goes on")
}

fn notification(number: u64) -> Value {
    json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": number}})
}

fn call() -> Value {
    json!({"name": "tell", "arguments": {}})
}

#[test]
fn an_event_arrives_before_the_next_is_made() {
    for era in Era::ALL {
        tests::run(async {
            let mut server = Stepwise::start(era).await;
            let gateway = Gateway::start(&servers([("steps", server.url())])).await;
            let peer = Peer::of(era, gateway.client(), "/mcp/steps").await;
            let mut events = prompt("the head of the answer", peer.stream("tools/call", call())).await;
            assert!(events.is_stream());
            let mut telling = prompt("the call", server.next_call()).await;
            for number in 1..=3 {
                telling.tell(&notification(number)).await;
                assert_eq!(next(&mut events).await, notification(number));
            }
            // Larger than what is read at a time.
            let large =
                json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "x".repeat(200_000)}});
            telling.tell(&large).await;
            assert_eq!(next(&mut events).await, large);
            telling.end("the end").await;
            assert_eq!(next(&mut events).await["result"]["content"][0]["text"], "the end");
            assert_eq!(prompt("the end", events.next()).await, None);
        });
    }
}

#[test]
fn a_client_that_leaves_a_silent_server_is_missed_by_it() {
    for era in Era::ALL {
        tests::run(async {
            let mut server = Stepwise::start(era).await;
            // Events may keep quiet for longer than a call may take.
            let entry = json!({"mcpServers": {"steps": {"url": server.url(), "timeout": 300}}});
            let gateway = Gateway::start(&entry.to_string()).await;
            let peer = Peer::of(era, gateway.client(), "/mcp/steps").await;
            let mut events = peer.stream("tools/call", call()).await;
            let mut telling = prompt("the call", server.next_call()).await;
            assert!(timeout(Duration::from_millis(600), events.next()).await.is_err(), "nothing was told");
            telling.tell(&notification(1)).await;
            assert_eq!(next(&mut events).await, notification(1), "and the stream is still there");
            drop(events);
            prompt("the server loses its client", telling.until_left()).await;
        });
    }
}

#[test]
fn two_clients_hear_each_their_own() {
    tests::run(async {
        let mut server = Stepwise::start(Era::Modern).await;
        let gateway = Gateway::start(&servers([("steps", server.url())])).await;
        let peer = Peer::of(Era::Modern, gateway.client(), "/mcp/steps").await;
        let mut first = peer.stream("tools/call", call()).await;
        let mut to_first = prompt("the first call", server.next_call()).await;
        let mut second = peer.stream("tools/call", call()).await;
        let mut to_second = prompt("the second call", server.next_call()).await;
        to_second.tell(&notification(2)).await;
        assert_eq!(next(&mut second).await, notification(2));
        to_first.tell(&notification(1)).await;
        assert_eq!(next(&mut first).await, notification(1));
        to_second.end("second").await;
        assert_eq!(next(&mut second).await["result"]["content"][0]["text"], "second");
        drop(first);
        prompt("the server loses the first client", to_first.until_left()).await;
    });
}

#[test]
fn progress_of_a_real_server_and_what_it_says_unasked() {
    tests::run(async {
        let everything = upstream::everything();
        let gateway = Gateway::start(&servers([("everything", everything.url())])).await;
        let peer = Peer::legacy(gateway.client(), "/mcp/everything", json!({})).await;

        let long = json!({"name": "trigger-long-running-operation", "arguments": {"duration": 0.3, "steps": 3},
            "_meta": {"progressToken": "of mine"}});
        let mut events = peer.stream("tools/call", long).await;
        for step in 1..=3 {
            let told = next(&mut events).await;
            assert_eq!(told["method"], "notifications/progress", "{told}");
            assert_eq!(told["params"], json!({"progressToken": "of mine", "progress": step, "total": 3}));
        }
        assert!(next(&mut events).await["result"]["content"].is_array());

        let mut unasked = peer.hear().await;
        assert!(unasked.status == StatusCode::OK && unasked.is_stream());
        peer.result("logging/setLevel", json!({"level": "debug"})).await;
        let uri = "demo://resource/dynamic/text/1";
        peer.result("resources/subscribe", json!({"uri": uri})).await;
        let is_log = |message: &Value| {
            message["method"] == "notifications/message" && message["params"].to_string().contains(uri)
        };
        prompt("a line of its log", unasked.until("a line of its log", is_log)).await;
        peer.result("tools/call", json!({"name": "toggle-subscriber-updates", "arguments": {}})).await;
        let is_update = |message: &Value| message["method"] == "notifications/resources/updated";
        let update = prompt("an update", unasked.until("an update", is_update)).await;
        assert_eq!(update["params"]["uri"], uri);
        peer.result("resources/unsubscribe", json!({"uri": uri})).await;

        assert!(peer.end().await.status.is_success());
        assert!(prompt("the end of the session", unasked.rest()).await.iter().all(|message| !is_update(message)));
        let ping = peer.message("ping", json!({}));
        assert!(peer.send(&ping).await.status.is_client_error(), "the session is over at the server");
    });
}

#[test]
fn subscriptions_of_a_modern_server() {
    tests::run(async {
        let fixture = upstream::fixture();
        let gateway = Gateway::start(&servers([("fixture", fixture.url())])).await;
        let peer = Peer::modern(gateway.client(), "/mcp/fixture", json!({}));
        let mut events =
            peer.stream("subscriptions/listen", json!({"notifications": {"toolsListChanged": true}})).await;
        assert!(events.status == StatusCode::OK && events.is_stream());
        for method in ["notifications/subscriptions/acknowledged", "notifications/tools/list_changed"] {
            let told = next(&mut events).await;
            assert_eq!(told["method"], method, "{told}");
            assert_eq!(told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], 1, "{told}");
        }
        // It lasts, and others are answered meanwhile.
        peer.result("tools/list", json!({})).await;
        assert!(timeout(Duration::from_millis(200), events.next()).await.is_err(), "the subscription goes on");
    });
}
