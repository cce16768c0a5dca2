use mcp::TraceContext;
use mcp_client::{Client, within};
use scripted_upstream::{Answer, Step, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value, json};

type Calls = Client<Upstream, VirtualClock>;

/// A legacy server that has begun to answer calls and goes no further, and takes the news or not.
fn slow(clock: &VirtualClock, taken: Answer) -> Upstream {
    Upstream::new(clock, move |received| match received.method() {
        "tools/call" => Answer::sse(vec![Step::text(": on it\n\n"), Step::Hang]),
        "notifications/cancelled" => taken.clone(),
        _ => servers::legacy(received).expect("a part of the handshake"),
    })
}

async fn call(client: &Calls) -> Result<Value, mcp_client::Error> {
    client.call_tool("a", Map::new(), None, TraceContext::default()).await
}

/// What the server was told, after it was told all.
fn told(clock: &VirtualClock, client: &Calls, upstream: &Upstream) -> Vec<Value> {
    run(clock, client.tell_cancelled());
    assert!(!client.has_cancelled());
    let received = upstream.received();
    let about = received.iter().filter(|request| request.method() == "notifications/cancelled");
    about
        .map(|request| {
            assert_eq!(request.header("mcp-session-id"), servers::SESSION);
            assert!(request.body.get("id").is_none(), "it is a notification");
            request.body["params"].clone()
        })
        .collect()
}

fn id_of_call(upstream: &Upstream) -> Value {
    let received = upstream.received();
    received.iter().find(|request| request.method() == "tools/call").expect("a call").body["id"].clone()
}

#[test]
fn also_where_whoever_called_has_left() {
    let clock = VirtualClock::default();
    let upstream = slow(&clock, Answer::status(202));
    let client = client(&clock, &upstream);
    assert!(run(&clock, within(&clock, 1_000, call(&client))).is_none());
    let reason = "Nobody waits for the answer any more.";
    let expected = json!({"requestId": id_of_call(&upstream), "reason": reason});
    assert_eq!(told(&clock, &client, &upstream), [expected]);
    assert_eq!(told(&clock, &client, &upstream).len(), 1, "once");
}

#[test]
fn and_of_those_that_took_too_long() {
    let clock = VirtualClock::default();
    let upstream = slow(&clock, Answer::status(202));
    let client = client(&clock, &upstream);
    run(&clock, call(&client)).expect_err("too late");
    assert_eq!(told(&clock, &client, &upstream)[0]["requestId"], id_of_call(&upstream));
}

#[test]
fn one_that_does_not_listen_holds_up_little() {
    let clock = VirtualClock::default();
    let upstream = slow(&clock, Answer::hangs());
    let client = client(&clock, &upstream);
    for _ in 0..100 {
        assert!(run(&clock, within(&clock, 1, call(&client))).is_none());
    }
    let began_ms = mcp_client::Clock::monotonic_ms(&clock);
    assert_eq!(told(&clock, &client, &upstream).len(), 64, "the last ones");
    assert!(mcp_client::Clock::monotonic_ms(&clock) - began_ms <= 32_000);
}

#[test]
fn of_answered_requests_and_of_handshakes_nothing_is_said() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| match received.method() {
        "initialize" => Answer::hangs(),
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    let hanging = client(&clock, &upstream);
    assert!(run(&clock, within(&clock, 1_000, call(&hanging))).is_none());
    assert!(!hanging.has_cancelled());

    let upstream = Upstream::new(&clock, |received| {
        let done = || Answer::json(200, &received.result(servers::text_result("done")));
        servers::legacy(received).unwrap_or_else(done)
    });
    let answered = client(&clock, &upstream);
    run(&clock, call(&answered)).expect("a result");
    assert!(!answered.has_cancelled());
}

#[test]
fn a_modern_one_sees_the_stream_close() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| servers::modern(received).unwrap_or_else(Answer::hangs));
    let client = client(&clock, &upstream);
    assert!(run(&clock, within(&clock, 1_000, call(&client))).is_none());
    assert!(!client.has_cancelled());
    assert_eq!(upstream.open(), 0);
}
