//! `notifications/cancelled` ends a request of the same caller, session and id, and no other.

use futures::{FutureExt, executor::block_on, future::poll_fn};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use mcp::Id;
use mcp_server::{Bulletin, Cancellation, Exchange, Received, UnderWay, receive};
use serde_json::json;
use std::{cell::RefCell, collections::BTreeSet, future::Future, task::Poll};

fn exchange(session: Option<&'static str>) -> Exchange {
    let media = [("content-type", "application/json"), ("accept", "application/json, text/event-stream")];
    let named = media.into_iter().chain(session.map(|session| ("mcp-session-id", session)));
    let header = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let headers: HeaderMap = named.map(header).collect();
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "a"}}).to_string();
    match receive(&Method::POST, &headers, body.as_bytes()) {
        Received::Exchange(exchange) => *exchange,
        other => panic!("a request: {other:?}"),
    }
}

/// Ends when it is polled for the last of so many times.
fn after_polls(mut polls: u32) -> impl Future<Output = ()> {
    poll_fn(move |context| {
        polls -= 1;
        context.waker().wake_by_ref();
        if polls == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
}

/// What instances leave for each other, under the names of the requests of one caller.
#[derive(Default)]
struct Board(RefCell<BTreeSet<String>>);

impl Bulletin for Board {
    async fn post(&self, request: &str) {
        self.0.borrow_mut().insert(request.to_string());
    }

    async fn is_posted(&self, request: &str) -> bool {
        self.0.borrow_mut().remove(request)
    }
}

fn cancellation(session: &str, id: i64) -> Cancellation {
    Cancellation { session: session.to_string(), request: Id::read(&json!(id)).expect("an id") }
}

/// What becomes of the request 7 of caller `one` in session `s` when this is cancelled meanwhile.
fn outcome(caller: &str, session: &str, id: i64) -> Option<()> {
    let (under_way, nobody) = (UnderWay::default(), Board::default());
    let sleep_ms = |_| {
        let cancelled = under_way.cancel(&caller.to_string(), cancellation(session, id), &nobody).now_or_never();
        assert_eq!(cancelled, Some(()), "a board is quick");
        after_polls(2)
    };
    let exchange = exchange(Some("s"));
    block_on(under_way.unless_cancelled(&"one".to_string(), &exchange, after_polls(4), sleep_ms, &Board::default()))
}

#[test]
fn only_by_its_caller_session_and_id() {
    assert_eq!(outcome("one", "s", 7), None);
    for (caller, session, id) in [("two", "s", 7), ("one", "t", 7), ("one", "s", 8)] {
        assert_eq!(outcome(caller, session, id), Some(()), "{caller} {session} {id}");
    }
}

#[test]
fn from_another_instance_by_way_of_what_they_share() {
    for (session, id, expected) in [("s", 7, None), ("t", 7, Some(())), ("s", 8, Some(()))] {
        let (here, elsewhere, shared) = (UnderWay::default(), UnderWay::default(), Board::default());
        block_on(elsewhere.cancel(&(), cancellation(session, id), &shared));
        let exchange = exchange(Some("s"));
        // Longer than until the first look.
        let work = here.unless_cancelled(&(), &exchange, after_polls(40), |_| after_polls(2), &shared);
        assert_eq!(block_on(work), expected, "{session} {id}");
    }
}

#[test]
fn what_is_over_can_be_cancelled_to_no_effect() {
    let (under_way, shared) = (UnderWay::default(), Board::default());
    block_on(under_way.cancel(&(), cancellation("s", 7), &shared));
    let exchange = exchange(Some("s"));
    for _ in 0..2 {
        let work = under_way.unless_cancelled(&(), &exchange, async { 5 }, |_| after_polls(1), &shared);
        assert_eq!(block_on(work), Some(5));
        block_on(under_way.cancel(&(), cancellation("s", 7), &shared));
    }
}

#[test]
fn without_a_session_nobody_looks() {
    let (under_way, shared, exchange) = (UnderWay::default(), Board::default(), exchange(None));
    let never = |_| -> std::future::Ready<()> { panic!("it cannot be named") };
    let work = under_way.unless_cancelled(&(), &exchange, async { 5 }, never, &shared);
    assert_eq!(block_on(work), Some(5));
}
