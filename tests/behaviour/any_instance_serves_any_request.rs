//! Three gateways on one state, behind a proxy that sends each request to the next one: sessions, changes, keys, limits,
//! runs and cancellations work whichever of them answers.

use std::collections::BTreeSet;

use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{HEADERS, message};
use tests::era::Era;
use tests::fleet::{Fleet, SIZE};
use tests::peer::Peer;
use tests::skip::skip;
use tests::upstream::{self, Canned, CannedTool, servers};

const ADMIN: &str = "key-of-the-operator-4711";

/// Runs a test with a fleet in front of these servers.
fn with_fleet(test: &str, servers: impl AsyncFnOnce() -> String, checks: impl AsyncFnOnce(Fleet)) {
    tests::run(async {
        let servers = servers().await;
        match Fleet::start(&[("servers", &servers), ("admin_key", ADMIN)]).await {
            Ok(fleet) => checks(fleet).await,
            Err(missing) => skip(test, missing),
        }
    });
}

#[test]
fn a_session_with_a_server_is_known_to_all() {
    let everything = upstream::everything();
    let servers = async || servers([("everything", everything.url())]);
    with_fleet("a_session_with_a_server_is_known_to_all", servers, async |fleet| {
        let peer = Peer::legacy(fleet.client().with_key(ADMIN), "/mcp/everything", json!({})).await;
        assert!(peer.session().is_some());
        let before = fleet.requests();
        for number in 0..3 * SIZE {
            let echoed =
                peer.result("tools/call", json!({"name": "echo", "arguments": {"message": number.to_string()}})).await;
            assert_eq!(echoed["content"][0]["text"], format!("Echo: {number}"));
        }
        assert_eq!(fleet.requests() - before, 3 * SIZE);
        assert!(peer.end().await.status.is_success());
        for _ in 0..SIZE {
            let ended = peer.send(&peer.message("ping", json!({}))).await;
            assert!(!ended.status.is_success(), "the session has ended for all: {}", ended.status);
        }
    });
}

#[test]
fn a_change_counts_for_all_from_the_next_request_on() {
    with_fleet(
        "a_change_counts_for_all_from_the_next_request_on",
        async || servers([]),
        async |fleet| {
            let up = Canned::start([CannedTool::text("who", "up")]).await;
            let (api, client) = (fleet.api().with_key(ADMIN), fleet.client().with_key(ADMIN));
            let listed = async || {
                let mut lists = BTreeSet::new();
                for _ in 0..SIZE {
                    let listed = client.call("list_servers", json!({})).await;
                    lists.insert(listed["servers"].as_array().expect("a list").len());
                }
                lists
            };
            assert_eq!(listed().await, BTreeSet::from([0]));
            for round in 0..SIZE {
                let server = json!({"alias": "up", "url": up.url()});
                assert_eq!(api.send("POST", "/servers", &[], server).await.status, StatusCode::CREATED, "{round}");
                assert_eq!(listed().await, BTreeSet::from([1]));
                for _ in 0..SIZE {
                    assert_eq!(client.execute("return await tools.up.who()").await.value(), "up");
                }
                assert_eq!(api.send("DELETE", "/servers/up", &[], Value::Null).await.status, StatusCode::NO_CONTENT);
                assert_eq!(listed().await, BTreeSet::from([0]));
            }
            let key = api.add_key(json!({})).await;
            let guest = fleet.client().with_key(&key.text);
            for _ in 0..SIZE {
                assert_eq!(guest.execute("return 1").await.value(), 1);
            }
            assert!(api.send("DELETE", &format!("/keys/{}", key.id), &[], Value::Null).await.status.is_success());
            for _ in 0..SIZE {
                assert_eq!(guest.send("POST", "/mcp", &HEADERS, "{}").await.status, StatusCode::UNAUTHORIZED);
            }
        },
    );
}

#[test]
fn a_rate_limit_is_one_for_all() {
    with_fleet(
        "a_rate_limit_is_one_for_all",
        async || servers([]),
        async |fleet| {
            let key = fleet.api().with_key(ADMIN).add_key(json!({"rateLimitPerMinute": 7})).await;
            let client = fleet.client().with_key(&key.text);
            let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}).to_string();
            let answers = join_all((0..20).map(|_| client.send("POST", "/mcp", &HEADERS, ping.clone()))).await;
            let counted = |status| answers.iter().filter(|answer| answer.status == status).count();
            // When a minute begins in between, the count begins again.
            assert!([7, 14].contains(&counted(StatusCode::OK)), "{}", counted(StatusCode::OK));
            assert_eq!(counted(StatusCode::OK) + counted(StatusCode::TOO_MANY_REQUESTS), 20);
        },
    );
}

#[test]
fn runs_call_the_same_servers_from_everywhere() {
    let everything = upstream::everything();
    let servers = async || servers([("everything", everything.url())]);
    with_fleet("runs_call_the_same_servers_from_everywhere", servers, async |fleet| {
        let client = fleet.client().with_key(ADMIN);
        let run = |number: usize| async move {
            let code = format!("return await tools.everything.get_sum({{a: {number}, b: 1}})");
            client.execute(&code).await.value().clone()
        };
        let sums = join_all((0..4 * SIZE).map(run)).await;
        for (number, sum) in sums.iter().enumerate() {
            assert_eq!(*sum, format!("The sum of {number} and 1 is {}.", number + 1));
        }
    });
}

/// Cancels a call through the proxy, which sends the cancellation to another gateway than the call.
async fn assert_cancelled(fleet: &Fleet, upstream: &Canned, path: &str, tool: &str, arguments: Value) {
    let client = fleet.client().with_key(ADMIN);
    let peer = Peer::legacy(client, path, json!({})).await;
    let request = peer.message("tools/call", json!({"name": tool, "arguments": arguments}));
    let cancelled =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": request["id"]}});
    let cancelling = async {
        upstream.until("the call is there", |upstream| upstream.under_way() == 1).await;
        let before = upstream.abandoned();
        assert_eq!(peer.send(&cancelled).await.status, StatusCode::ACCEPTED);
        upstream.until("the call loses its connection", |upstream| upstream.abandoned() == before + 1).await;
    };
    let (answer, ()) = tokio::join!(peer.send(&request), cancelling);
    let text = String::from_utf8_lossy(&answer.body);
    assert!(!text.contains("\"result\""), "nobody waits for one: {text}");
    assert_eq!(upstream.take_calls().len(), 1, "nothing went on");
    // What was cancelled is one request, not those after it.
    let next = peer.send(&peer.message("ping", json!({}))).await;
    assert_eq!(message(&next)["result"], json!({}));
}

#[test]
fn a_cancellation_finds_its_request() {
    tests::run(async {
        let upstream = Canned::start_of(Era::Modern, [CannedTool::wait()]).await;
        let servers = servers([("up", upstream.url())]);
        let fleet = match Fleet::start(&[("servers", &servers), ("admin_key", ADMIN)]).await {
            Ok(fleet) => fleet,
            Err(missing) => return skip("a_cancellation_finds_its_request", missing),
        };
        let script = json!({"code": "await tools.up.wait({ ms: 60000 }); await tools.up.wait({ ms: 1 })"});
        assert_cancelled(&fleet, &upstream, "/mcp", "execute_code", script).await;
        assert_cancelled(&fleet, &upstream, "/mcp?mode=direct", "up__wait", json!({"ms": 60_000})).await;
        assert_cancelled(&fleet, &upstream, "/mcp/up", "wait", json!({"ms": 60_000})).await;
    });
}
