use mcp::TraceContext;
use mcp_client::{Limits, Problem, TransportError};
use scripted_upstream::{Answer, Received, Step, Upstream, VirtualClock, client_within, run, servers};
use serde_json::{Map, json};

const LIMITS: Limits = Limits {
    answer_bytes: 10_000,
    stream_bytes: 50_000,
    pages: 10,
    tools: 10,
    catalog_bytes: 10_000,
    resumptions: 2,
    server_requests: 5,
    replies_at_once: 2,
};

/// The error of a call that a modern server answers like this.
fn error(answer: impl Fn(&Received) -> Answer + 'static) -> mcp_client::Error {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| servers::modern(received).unwrap_or_else(|| answer(received)));
    let client = client_within(&clock, &upstream, LIMITS);
    let error = run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("a fault");
    assert_eq!(upstream.open(), 0, "the exchange was closed");
    error
}

#[track_caller]
fn says(answer: impl Fn(&Received) -> Answer + 'static, expected: &str) {
    let message = error(answer).to_string();
    assert!(message.starts_with("Server \"scripted\" "), "{message}");
    assert!(message.contains(expected), "{message}");
}

#[test]
fn json_that_is_none() {
    says(|_| Answer::text(200, "application/json", ""), "invalid JSON");
    says(|_| Answer::text(200, "application/json", "{\"jsonrpc\": \"2.0\", \"id"), "invalid JSON");
    says(|_| Answer::text(200, "application/json", "<html>Sorry"), "<html>Sorry");
    says(|_| Answer::sse(vec![Step::text("data: {oops\n\n")]), "invalid JSON");
    says(|_| Answer::text(200, "application/json", &"[".repeat(9_000)), "recursion limit exceeded");
}

#[test]
fn json_that_is_no_json_rpc() {
    says(|_| Answer::json(200, &json!({"ok": true})), "JSON that is no JSON-RPC response");
    says(|_| Answer::json(200, &json!([])), "it holds no response");
    says(|_| Answer::json(200, &json!({"jsonrpc": "2.0", "method": "notifications/x"})), "it holds no response");
    says(|_| Answer::sse(vec![Step::text("data: 7\n\n")]), "JSON that is no JSON-RPC response");
    let endless = || Answer::sse((0..1_000).map(|_| Step::text("data: 7\n\n")).chain([Step::Hang]).collect());
    says(move |_| endless(), "JSON that is no JSON-RPC response");
    let wrong = |received: &Received| json!({"jsonrpc": "2.0", "id": received.body["id"], "error": "no"});
    says(
        move |received| Answer::sse(vec![Step::text(&format!("data: {}\n\n", wrong(received))), Step::Hang]),
        "JSON that is no JSON-RPC response",
    );
}

#[test]
fn two_responses_to_one_request() {
    let twice = |received: &Received| {
        let one = received.result(servers::text_result("one"));
        let other = received.result(servers::text_result("other"));
        Answer::json(200, &json!([one, other]))
    };
    says(twice, "two responses to one request");
    let beside = |received: &Received| {
        Answer::json(200, &json!([{"jsonrpc": "2.0", "id": 0, "result": {}}, received.error(-32000, "no")]))
    };
    says(beside, "answered tools/call with an error: no (-32000)");
}

#[test]
fn other_content_types() {
    says(|_| Answer::text(200, "text/html; charset=utf-8", "<p>Log in</p>"), "the content type text/html");
    says(|_| Answer::text(200, "text/html", "<p>Log in</p>"), "<p>Log in</p>");
    says(|_| Answer::status(200), "the content type (none)");
    says(|received| Answer::text(200, "text/plain", &received.result(json!({})).to_string()), "text/plain");
    says(|_| Answer::status(202), "HTTP 202 Accepted and no response message");
    says(|_| Answer::status(204), "HTTP 204 No Content and no response message");
}

#[test]
fn content_types_are_read_leniently() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let text = received.result(servers::text_result("ok")).to_string();
        servers::modern(received).unwrap_or_else(|| Answer::text(200, "Application/JSON ; charset=UTF-8", &text))
    });
    let client = client_within(&clock, &upstream, LIMITS);
    run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect("JSON in other letters");
}

#[test]
fn compressed_bodies() {
    says(
        |received| Answer::json(200, &received.result(json!({}))).header("content-encoding", "gzip"),
        "compressed as gzip",
    );
}

#[test]
fn statuses_with_what_the_body_says() {
    says(
        |_| Answer::text(500, "text/plain", "database\n\n  is\tdown\u{1b}[0m"),
        "HTTP 500 Internal Server Error: database is down [0m.",
    );
    says(|_| Answer::status(503), "HTTP 503 Service Unavailable.");
    says(|_| Answer::status(429).header("retry-after", "30"), "It says: retry after 30.");
    says(|_| Answer::status(401), "Check the headers of its configuration.");
    says(|_| Answer::status(405), "Is its URL that of an MCP endpoint?");
    let long = error(|_| Answer::text(500, "text/plain", &"ä".repeat(5_000))).to_string();
    assert!(long.chars().count() < 400 && long.contains('…'), "{long}");
}

#[test]
fn a_status_is_told_though_its_body_does_not_end() {
    says(|_| Answer::text(500, "text/plain", "half").then([Step::Hang]), "HTTP 500 Internal Server Error: half.");
    says(|_| Answer::text(500, "text/plain", "half").then([Step::Break]), "HTTP 500 Internal Server Error: half.");
}

#[test]
fn json_rpc_errors_at_any_status() {
    for status in [200, 400, 403, 404, 500] {
        let error = error(move |received| {
            let mut body = received.error(-32602, "Unknown tool: a");
            body["error"]["data"] = json!({"near": ["b"]});
            Answer::json(status, &body)
        });
        let Problem::Rpc { method, error: inner } = &*error.problem else { panic!("{error}") };
        assert_eq!((method.as_str(), inner.code, &inner.data), ("tools/call", -32602, &Some(json!({"near": ["b"]}))));
        assert!(error.to_string().contains("Unknown tool: a (-32602)"), "{error}");
    }
}

#[test]
fn a_demand_for_a_capability_is_one_to_the_gateway() {
    for status in [200, 400] {
        let error = error(move |received| Answer::json(status, &received.error(-32021, "sampling is needed")));
        assert!(
            matches!(&*error.problem, Problem::Protocol { .. }),
            "{error}: no client is to read it as about itself"
        );
        let message = error.to_string();
        assert!(
            message.contains("a capability that the gateway does not offer") && message.contains("sampling"),
            "{message}"
        );
    }
}

#[test]
fn redirects_with_their_target_but_elsewhere_not_its_path() {
    for status in [301, 302, 303, 307, 308] {
        says(
            move |_| Answer::status(status).header("location", "http://169.254.169.254/latest/token"),
            "to http://169.254.169.254. Redirects are not followed",
        );
    }
    says(|_| Answer::status(307).header("location", "/mcp/"), "to https://upstream.test/mcp/. Redirects");
    says(
        |_| Answer::status(307).header("location", "https://upstream.test/v2/mcp?ticket=abc"),
        "to https://upstream.test/v2/mcp. Redirects",
    );
    says(|_| Answer::status(307), "to nowhere");
    let message = error(|_| Answer::status(302).header("location", "https://x.test/cb?token=abc")).to_string();
    assert!(!message.contains("token"), "{message}");
}

#[test]
fn bodies_beyond_the_limit() {
    let large = |received: &Received, bytes: usize| received.result(servers::text_result(&"x".repeat(bytes)));
    says(move |received| Answer::json(200, &large(received, 10_000)), "more than 10000 bytes");
    says(move |received| Answer::events(&[large(received, 10_000)]), "more than 10000 bytes");
    let endless =
        || Answer::text(200, "application/json", "[").then((0..1_000).map(|_| Step::text(&"1,".repeat(1_000))));
    says(move |_| endless(), "more than 10000 bytes");
    let chatty = || Answer::sse((0..1_000).map(|_| Step::text(": x\n\n".repeat(100).as_str())).collect());
    says(move |_| chatty(), "more than 50000 bytes");
}

#[test]
fn connections_that_fail() {
    says(
        |_| Answer::fails(TransportError::Refused),
        "cannot be reached at https://upstream.test: the connection was refused. Is it running?",
    );
    says(|_| Answer::fails(TransportError::UnknownHost), "its host name cannot be resolved");
    says(|_| Answer::fails(TransportError::Denied), "allowed_outbound_hosts");
    says(
        |_| Answer::text(200, "application/json", "{").then([Step::Break]),
        "broke off the exchange with https://upstream.test",
    );
    says(|_| Answer::sse(vec![Step::text("data: {"), Step::Break]), "broke off the exchange");
    says(|_| Answer::sse(vec![Step::text("data: {")]), "ended before the response");
}

#[test]
fn the_client_goes_on_after_a_fault() {
    let clock = VirtualClock::default();
    let mut calls = 0;
    let upstream = Upstream::new(&clock, move |received| {
        servers::modern(received).unwrap_or_else(|| {
            calls += 1;
            match calls {
                1 => Answer::text(200, "application/json", "{"),
                _ => Answer::json(200, &received.result(servers::text_result("ok"))),
            }
        })
    });
    let client = client_within(&clock, &upstream, LIMITS);
    run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("a fault");
    run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect("a result");
}
