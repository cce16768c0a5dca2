use http::Method;
use mcp::TraceContext;
use mcp_client::{Fault, Limits, Problem};
use scripted_upstream::{Answer, Received, Step, Upstream, VirtualClock, client_within, run, servers};
use serde_json::{Map, Value, json};

const LIMITS: Limits = Limits {
    answer_bytes: 100_000,
    stream_bytes: 1_000_000,
    pages: 1,
    tools: 1,
    catalog_bytes: 1,
    resumptions: 8,
    server_requests: 20,
    replies_at_once: 4,
};

/// How long the server takes for each reply, in milliseconds.
const REPLY_MS: u64 = 10;

struct Outcome {
    result: Result<Value, mcp_client::Error>,
    /// The replies, in order.
    replies: Vec<Received>,
}

/// Calls a tool of a legacy server that answers the call, and what takes its stream up, like this.
fn call(answer: impl Fn(&Received) -> Answer + 'static, reply: impl Fn() -> Answer + 'static) -> Outcome {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| match received.method() {
        "" if received.http_method == Method::POST => reply(),
        "" => answer(received),
        _ => servers::legacy(received).unwrap_or_else(|| answer(received)),
    });
    let client = client_within(&clock, &upstream, LIMITS);
    let result = run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default()));
    assert_eq!(upstream.open(), 0, "nothing is left behind");
    let is_reply = |received: &Received| received.method().is_empty() && received.http_method == Method::POST;
    Outcome { result, replies: upstream.received().into_iter().filter(is_reply).collect() }
}

fn accepted() -> Answer {
    Answer::status(202).after(REPLY_MS)
}

fn ping(id: usize) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "ping"})
}

fn data(message: &Value) -> Step {
    Step::text(&format!("data: {message}\n\n"))
}

fn pings(count: usize) -> impl Iterator<Item = Step> {
    (0..count).map(|id| data(&ping(id)))
}

fn done(received: &Received) -> Step {
    data(&received.result(servers::text_result("done")))
}

#[track_caller]
fn assert_too_many(outcome: &Outcome) {
    let error = outcome.result.as_ref().expect_err("too many");
    let is_named = matches!(&*error.problem, Problem::Protocol { fault: Fault::TooManyRequests { limit: 20 }, .. });
    assert!(is_named, "{error}");
    assert_eq!(error.to_string(), "Server \"scripted\" answered tools/call with more than 20 requests of its own.");
    assert!(outcome.replies.len() <= LIMITS.server_requests, "{}", outcome.replies.len());
}

#[test]
fn a_few_at_a_time_and_in_their_order() {
    let all = LIMITS.server_requests;
    let outcome =
        call(move |received| Answer::sse(pings(all).chain([Step::Wait(1_000), done(received)]).collect()), accepted);
    outcome.result.expect("just as many as allowed");
    let ids: Vec<u64> = outcome.replies.iter().filter_map(|reply| reply.body["id"].as_u64()).collect();
    assert_eq!(ids, (0..all as u64).collect::<Vec<_>>());
    for (one, other) in outcome.replies.iter().zip(&outcome.replies[LIMITS.replies_at_once..]) {
        assert!(other.at_ms >= one.at_ms + REPLY_MS, "never more than four at once");
    }
}

#[test]
fn a_server_that_takes_no_reply_gets_no_more_of_them_and_holds_nothing_up() {
    let outcome = call(|received| Answer::sse(pings(10).chain([done(received)]).collect()), Answer::hangs);
    assert_eq!(outcome.result.expect("a result"), servers::text_result("done"));
    assert_eq!(outcome.replies.len(), LIMITS.replies_at_once);
}

#[test]
fn nor_does_one_that_does_not_end_what_it_says_to_them() {
    let unended = || Answer::status(202).then([Step::Hang]);
    let outcome = call(|received| Answer::sse(pings(10).chain([Step::Wait(1_000), done(received)]).collect()), unended);
    outcome.result.expect("a result");
    assert_eq!(outcome.replies.len(), LIMITS.replies_at_once);
}

#[test]
fn a_server_that_asks_without_end_is_refused() {
    for reply in [accepted, Answer::hangs] {
        assert_too_many(&call(|_| Answer::sse(pings(1_000).chain([Step::Hang]).collect()), reply));
    }
}

#[test]
fn one_that_asks_in_a_batch_too() {
    let batch = Value::Array((0..21).map(ping).collect());
    assert_too_many(&call(move |_| Answer::sse(vec![data(&batch), Step::Hang]), accepted));
}

#[test]
fn and_one_that_breaks_off_in_between() {
    let part = || Answer::sse(vec![Step::text("id: x\nretry: 1\ndata:\n\n")]).then(pings(6));
    assert_too_many(&call(move |_| part(), accepted));
}

#[test]
fn a_reply_does_not_repeat_what_is_long() {
    let long = "x".repeat(50_000);
    let sampling = json!({"jsonrpc": "2.0", "id": 1, "method": long});
    let outcome = call(move |received| Answer::sse(vec![data(&sampling), Step::Wait(100), done(received)]), accepted);
    outcome.result.expect("a result");
    assert!(outcome.replies[0].bytes.len() < 1_000, "{} bytes", outcome.replies[0].bytes.len());

    let ping = json!({"jsonrpc": "2.0", "id": "x".repeat(50_000), "method": "ping"});
    let outcome = call(move |_| Answer::sse(vec![data(&ping), Step::Hang]), accepted);
    let error = outcome.result.expect_err("nothing can be replied");
    assert!(matches!(&*error.problem, Problem::Protocol { fault: Fault::LongId { .. }, .. }), "{error}");
    assert_eq!(outcome.replies.len(), 0);
}
