use http::Method;
use mcp::TraceContext;
use mcp_client::{Fault, Problem};
use scripted_upstream::{Answer, Received, Step, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value};

/// Calls a tool whose stream begins with `first`; each GET is answered by `next`, which gets its number and
/// the response that is due.
fn call(
    first: Vec<Step>,
    next: impl Fn(usize, &Received, &Value) -> Answer + 'static,
) -> (Result<Value, mcp_client::Error>, Vec<Received>) {
    let clock = VirtualClock::default();
    let mut due = Value::Null;
    let mut resumptions = 0;
    let upstream = Upstream::new(&clock, move |received| match received.method() {
        "tools/call" => {
            due = received.result(servers::text_result("done"));
            Answer::sse(first.clone())
        }
        "" => {
            resumptions += 1;
            next(resumptions, received, &due)
        }
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    let outcome = run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()));
    let all = upstream.received();
    let rest = all.into_iter().skip_while(|received| received.method() != "tools/call").collect();
    (outcome, rest)
}

fn primed(ending: Option<Step>) -> Vec<Step> {
    [Step::text("id: first\nretry: 500\ndata: \n\ndata: {\"unfini")].into_iter().chain(ending).collect()
}

#[test]
fn after_the_delay_that_the_server_gave() {
    for ending in [None, Some(Step::Break)] {
        let (outcome, received) = call(primed(ending), |_, _, due| Answer::events(std::slice::from_ref(due)));
        assert_eq!(outcome.expect("a result"), servers::text_result("done"));
        let [call, resumption] = received.as_slice() else { panic!("one GET: {received:?}") };
        assert_eq!(resumption.http_method, Method::GET);
        assert_eq!(resumption.header("last-event-id"), "first");
        assert_eq!(resumption.header("accept"), "text/event-stream");
        assert_eq!(resumption.header("mcp-session-id"), servers::SESSION);
        assert_eq!(resumption.at_ms, call.at_ms + 500);
    }
}

#[test]
fn more_than_once_with_the_newest_id() {
    let (outcome, received) = call(primed(None), |number, _, due| match number {
        1 => Answer::sse(vec![Step::text("id: second\ndata:\n\n")]),
        _ => Answer::events(std::slice::from_ref(due)),
    });
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
    let ids: Vec<&str> = received.iter().map(|received| received.header("last-event-id")).collect();
    assert_eq!(ids, ["", "first", "second"]);
}

#[test]
fn a_bounded_number_of_times() {
    let stubborn = vec![Step::text("id: x\nretry: 1\ndata:\n\n")];
    let (outcome, received) = call(stubborn.clone(), move |_, _, _| Answer::sse(stubborn.clone()));
    let error = outcome.expect_err("it never ends");
    assert!(matches!(&*error.problem, Problem::Protocol { fault: Fault::Unfinished { .. }, .. }), "{error}");
    assert_eq!(received.len(), 1 + 8);
}

#[test]
fn not_where_the_server_has_no_event_ids() {
    let (outcome, received) = call(vec![Step::text("data: \n\n")], |_, _, _| Answer::status(500));
    let error = outcome.expect_err("it ended");
    assert!(error.to_string().contains("ended before the response"), "{error}");
    assert_eq!(received.len(), 1);
}

#[test]
fn not_where_an_event_id_is_too_long_for_a_header() {
    let id = "x".repeat(5_000);
    let (outcome, received) = call(vec![Step::text(&format!("id: {id}\ndata:\n\n"))], |_, _, _| Answer::status(500));
    assert!(outcome.expect_err("it ended").to_string().contains("ended before the response"));
    assert_eq!(received.len(), 1);
}

#[test]
fn and_a_server_that_cannot_do_it_says_so() {
    let (outcome, _) = call(primed(None), |_, _, _| Answer::status(405));
    let error = outcome.expect_err("it ended");
    assert!(error.to_string().contains("could not be taken up again (HTTP 405"), "{error}");
}

#[test]
fn a_modern_stream_is_not() {
    let clock = VirtualClock::default();
    let upstream =
        Upstream::new(&clock, |received| servers::modern(received).unwrap_or_else(|| Answer::sse(primed(None))));
    run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()))
        .expect_err("it ended");
    assert_eq!(upstream.methods(), ["server/discover", "tools/call"]);
}
