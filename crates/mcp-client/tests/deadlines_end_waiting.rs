use mcp::TraceContext;
use mcp_client::{Client, Clock, Deadline, Deadlines, Error, Limits, Problem, TransportError};
use scripted_upstream::{Answer, Received, Step, Upstream, VirtualClock, client, run, server, servers};
use serde_json::{Map, json};

/// Which deadline passed, and when.
fn passed(error: &Error) -> (Deadline, u64) {
    match *error.problem {
        Problem::TimedOut { deadline, after_ms } => (deadline, after_ms),
        _ => panic!("{error}"),
    }
}

/// The deadline that ends a call which a modern server answers like this, and the time it took.
fn call(answer: impl Fn(&Received) -> Answer + 'static) -> ((Deadline, u64), u64) {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| servers::modern(received).unwrap_or_else(|| answer(received)));
    let client = client(&clock, &upstream);
    let error = run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("too slow");
    assert_eq!(upstream.open(), 0, "the request was given up");
    (passed(&error), clock.monotonic_ms())
}

#[test]
fn a_server_that_says_nothing() {
    let ((deadline, after_ms), took_ms) = call(|_| Answer::hangs());
    assert!(matches!(deadline, Deadline::FirstByte | Deadline::Call), "{deadline:?}");
    assert_eq!((after_ms, took_ms), (25_000, 25_000));
}

#[test]
fn a_body_that_stops() {
    let stopped = |_: &Received| Answer::text(200, "application/json", "{\"jsonrpc\"").then([Step::Hang]);
    assert_eq!(call(stopped), ((Deadline::Call, 25_000), 25_000));
    assert_eq!(call(|_| Answer::sse(vec![Step::text(": hi\n\n"), Step::Hang])), ((Deadline::Call, 25_000), 25_000));
}

#[test]
fn a_body_that_drips() {
    let drips = |_: &Received| Answer::sse((0..1_000).flat_map(|_| [Step::Wait(1_000), Step::text(":")]).collect());
    assert_eq!(call(drips), ((Deadline::Call, 25_000), 25_000));
}

#[test]
fn a_connection_that_does_not_come_about() {
    assert_eq!(call(|_| Answer::fails(TransportError::ConnectTimeout)), ((Deadline::Connect, 5_000), 5_000));
}

#[test]
fn a_handshake_and_a_list_have_their_own() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |_| Answer::hangs());
    let error = run(&clock, client(&clock, &upstream).list_tools()).expect_err("too slow");
    assert_eq!((passed(&error), clock.monotonic_ms()), ((Deadline::Handshake, 10_000), 10_000));

    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let page = json!({"tools": [], "nextCursor": format!("{}", received.body["id"])});
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(page)).after(4_000))
    });
    let error = run(&clock, client(&clock, &upstream).list_tools()).expect_err("too slow");
    assert_eq!((passed(&error), clock.monotonic_ms()), ((Deadline::Catalog, 15_000), 15_000));
}

#[test]
fn a_slow_answer_in_time_is_an_answer() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let done = received.result(servers::text_result("done"));
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &done).after(24_000))
    });
    run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default())).expect("a result");
}

#[test]
fn a_failed_handshake_is_remembered_for_a_moment() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |_| Answer::hangs());
    let client = client(&clock, &upstream);
    let first = run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("too slow");
    let at_ms = clock.monotonic_ms();
    let second = run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("too slow");
    assert_eq!((second, clock.monotonic_ms()), (first, at_ms), "the second waits for nothing");
    assert_eq!(upstream.methods().len(), 1);

    clock.advance(3_000);
    run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("too slow");
    assert_eq!(upstream.methods().len(), 2, "then it is tried again");
}

#[test]
fn one_that_failed_at_once_is_tried_again() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |_| Answer::status(500));
    let client = client(&clock, &upstream);
    run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("it fails");
    let sent = upstream.methods().len();
    run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("it fails");
    assert_eq!(upstream.methods().len(), 2 * sent);
}

#[test]
fn deadlines_can_be_set_up_to_a_maximum() {
    let hour_ms = 3_600_000;
    let short = Deadlines::for_calls_of(1_000);
    assert_eq!(
        [short.connect_ms, short.first_byte_ms, short.handshake_ms, short.call_ms, short.catalog_ms],
        [1_000; 5]
    );
    assert_eq!(Deadlines::for_calls_of(60_000).catalog_ms, Deadlines::default().catalog_ms);
    assert_eq!(Deadlines::for_calls_of(hour_ms).call_ms, Deadlines::MAXIMA.call_ms);

    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| servers::modern(received).unwrap_or_else(Answer::hangs));
    let all = Deadlines {
        connect_ms: hour_ms,
        first_byte_ms: hour_ms,
        handshake_ms: hour_ms,
        call_ms: hour_ms,
        catalog_ms: hour_ms,
    };
    let client = Client::new(server(), upstream, clock.clone(), all, Limits::default(), 1);
    run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect_err("too slow");
    assert_eq!(clock.monotonic_ms(), 120_000);
}
