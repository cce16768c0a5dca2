use futures::future::{join, join_all};
use mcp::TraceContext;
use mcp_client::Clock;
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, client, run, servers};
use serde_json::Map;

fn slow(received: &Received) -> Answer {
    Answer::json(200, &received.result(servers::text_result(received.tool()))).after(100)
}

#[test]
fn ten_calls_take_the_time_of_one() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| servers::legacy(received).unwrap_or_else(|| slow(received)));
    let client = client(&clock, &upstream);
    run(&clock, client.call_tool("first", Map::new(), None, TraceContext::default())).expect("a result");
    let before_ms = clock.monotonic_ms();
    let names: Vec<String> = (0..10).map(|index| format!("tool-{index}")).collect();
    let outcomes = run(
        &clock,
        join_all(names.iter().map(|name| client.call_tool(name, Map::new(), None, TraceContext::default()))),
    );
    assert_eq!(clock.monotonic_ms() - before_ms, 100);
    for (name, outcome) in names.iter().zip(outcomes) {
        assert_eq!(outcome.expect("a result"), servers::text_result(name));
    }
}

#[test]
fn a_first_handshake_is_made_once_and_shared() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        servers::legacy(received).map(|answer| answer.after(20)).unwrap_or_else(|| slow(received))
    });
    let client = client(&clock, &upstream);
    let calls = join_all((0..10).map(|_| client.call_tool("a", Map::new(), None, TraceContext::default())));
    assert!(run(&clock, calls).iter().all(Result::is_ok));
    let handshakes = upstream.methods().iter().filter(|method| *method == "initialize").count();
    assert_eq!(handshakes, 1);
    assert!(clock.monotonic_ms() < 3 * 20 + 100 + 10, "those who waited lost little: {}", clock.monotonic_ms());
}

#[test]
fn a_failed_handshake_fails_everybody_who_waited_for_it() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |_| Answer::status(503).after(50));
    let client = client(&clock, &upstream);
    let calls = join_all((0..10).map(|_| client.call_tool("a", Map::new(), None, TraceContext::default())));
    assert!(run(&clock, calls).iter().all(Result::is_err));
    assert_eq!(upstream.methods(), ["server/discover"]);
}

#[test]
fn when_the_one_who_makes_it_gives_up_another_does() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        servers::modern(received).map(|answer| answer.after(100)).unwrap_or_else(|| slow(received))
    });
    let client = client(&clock, &upstream);
    let impatient = async {
        let call = Box::pin(client.call_tool("a", Map::new(), None, TraceContext::default()));
        let timer = Box::pin(clock.sleep(std::time::Duration::from_millis(50)));
        futures::future::select(call, timer).await;
    };
    let patient = client.call_tool("b", Map::new(), None, TraceContext::default());
    let (_, outcome) = run(&clock, join(impatient, patient));
    assert_eq!(outcome.expect("a result"), servers::text_result("b"));
    assert_eq!(upstream.methods(), ["server/discover", "server/discover", "tools/call"]);
}

#[test]
fn a_call_that_is_dropped_drops_its_request() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| servers::modern(received).unwrap_or_else(Answer::hangs));
    let client = client(&clock, &upstream);
    let abandoned = async {
        let call = Box::pin(client.call_tool("a", Map::new(), None, TraceContext::default()));
        let timer = Box::pin(clock.sleep(std::time::Duration::from_millis(50)));
        futures::future::select(call, timer).await;
        upstream.open()
    };
    assert_eq!(run(&clock, abandoned), 0);
    assert_eq!(upstream.methods(), ["server/discover", "tools/call"]);
}
