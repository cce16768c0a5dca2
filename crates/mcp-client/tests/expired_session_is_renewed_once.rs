use futures::future::join_all;
use mcp::TraceContext;
use mcp_client::Problem;
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, json};
use std::{cell::Cell, rc::Rc};

/// A server whose sessions are numbered and can be ended; it says so with the given answer.
fn forgetful(clock: &VirtualClock, refusal: impl Fn(&Received) -> Answer + 'static) -> (Upstream, Rc<Cell<u32>>) {
    let session = Rc::new(Cell::new(1));
    let current = session.clone();
    let upstream = Upstream::new(clock, move |received| match received.method() {
        "initialize" => {
            let result = json!({"protocolVersion": "2025-11-25"});
            Answer::json(200, &received.result(result)).header("mcp-session-id", &current.get().to_string()).after(50)
        }
        "tools/call" if received.header("mcp-session-id") != current.get().to_string() => refusal(received),
        "tools/call" => Answer::json(200, &received.result(servers::text_result(received.tool()))),
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    (upstream, session)
}

fn count(upstream: &Upstream, method: &str) -> usize {
    upstream.methods().iter().filter(|name| *name == method).count()
}

#[test]
fn every_known_way_to_say_expired_is_understood() {
    let ways: [fn(&Received) -> Answer; 5] = [
        |_| Answer::status(404),
        |received| Answer::json(404, &received.error(-32600, "Session terminated")),
        |_| {
            Answer::json(
                400,
                &json!({"jsonrpc": "2.0", "id": null,
            "error": {"code": -32000, "message": "Bad Request: No valid session ID provided"}}),
            )
        },
        |_| Answer::text(400, "text/plain", "Bad Request: No valid session ID provided"),
        |received| Answer::json(400, &received.error(-32000, "Bad Request: Server not initialized")),
    ];
    for (index, way) in ways.into_iter().enumerate() {
        let clock = VirtualClock::default();
        let (upstream, session) = forgetful(&clock, way);
        let client = client(&clock, &upstream);
        run(&clock, client.call_tool("first", Map::new(), None, TraceContext::default())).expect("a result");
        session.set(2);
        let outcome = run(&clock, client.call_tool("second", Map::new(), None, TraceContext::default()))
            .expect("a result after renewal");
        assert_eq!(outcome, servers::text_result("second"), "way {index}");
        assert_eq!(count(&upstream, "initialize"), 2, "way {index}");
        assert_eq!(count(&upstream, "server/discover"), 1, "the era is remembered, way {index}");
    }
}

#[test]
fn calls_that_find_it_expired_together_renew_it_once() {
    let clock = VirtualClock::default();
    let (upstream, session) = forgetful(&clock, |_| Answer::status(404));
    let client = client(&clock, &upstream);
    run(&clock, client.call_tool("first", Map::new(), None, TraceContext::default())).expect("a result");
    session.set(2);
    let calls = join_all((0..10).map(|_| client.call_tool("again", Map::new(), None, TraceContext::default())));
    for outcome in run(&clock, calls) {
        assert_eq!(outcome.expect("a result"), servers::text_result("again"));
    }
    assert_eq!(count(&upstream, "initialize"), 2);
    assert_eq!(count(&upstream, "tools/call"), 1 + 10 + 10);
}

#[test]
fn a_session_that_is_refused_at_once_ends_in_an_error() {
    let clock = VirtualClock::default();
    let refused = Upstream::new(&clock, |received| match received.method() {
        "tools/call" => Answer::status(404),
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    let error = run(&clock, client(&clock, &refused).call_tool("a", Map::new(), None, TraceContext::default()))
        .expect_err("never accepted");
    assert!(matches!(&*error.problem, Problem::HttpStatus { status, .. } if status.as_u16() == 404));
    assert_eq!(count(&refused, "tools/call"), 2);
    assert_eq!(count(&refused, "initialize"), 2);
}

#[test]
fn other_refusals_are_not_repeated() {
    let ways: [fn(&Received) -> Answer; 4] = [
        |received| Answer::json(400, &received.error(-32000, "The disk is full")),
        |received| Answer::json(200, &received.error(-32602, "Unknown tool")),
        |_| Answer::status(500),
        |_| Answer::text(400, "text/plain", "Bad Request"),
    ];
    for (index, way) in ways.into_iter().enumerate() {
        let clock = VirtualClock::default();
        let upstream =
            Upstream::new(&clock, move |received| servers::legacy(received).unwrap_or_else(|| way(received)));
        run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()))
            .expect_err("refused");
        assert_eq!(count(&upstream, "tools/call"), 1, "way {index}");
    }
}

#[test]
fn a_server_that_changed_its_era_is_followed() {
    let clock = VirtualClock::default();
    let modern = Rc::new(Cell::new(true));
    let now = modern.clone();
    let upstream = Upstream::new(&clock, move |received| {
        let is_modern_request = received.header("mcp-protocol-version") == "2026-07-28";
        let done = || Answer::json(200, &received.result(servers::text_result("done")));
        match (now.get(), received.method()) {
            (true, "initialize") => Answer::json(404, &received.error(-32601, "Method not found")),
            (true, _) if !is_modern_request => Answer::json(400, &received.error(-32020, "No version header")),
            (true, _) => servers::modern(received).unwrap_or_else(done),
            (false, "tools/call") if is_modern_request => {
                Answer::json(400, &received.error(-32000, "Bad Request: Unsupported protocol version"))
            }
            (false, _) => servers::legacy(received).unwrap_or_else(done),
        }
    });
    let client = client(&clock, &upstream);
    for era in [true, false, true] {
        modern.set(era);
        let outcome = run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default()))
            .expect("a result in either era");
        assert_eq!(outcome, servers::text_result("done"));
    }
}
