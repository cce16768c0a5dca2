//! A server's health: when it last did well and when not, over shards and days.

mod support;

use proptest::prelude::*;
use support::{DAY_MS, MIDNIGHT, Store, call};
use usage::{Call, FailureKind, Health, LastFailure, Outcome, Tally, health};

/// The health of the server `s` after calls, each written on its own to a shard.
fn after(calls: &[(Outcome, u64)]) -> Option<Health> {
    let mut store = Store::default();
    for (random, (outcome, at_unix_ms)) in (0..).zip(calls) {
        let call = Call { outcome: *outcome, ..call("k", "s", "t") };
        support::batches([(call, *at_unix_ms)]).iter().for_each(|batch| store.merge(batch, random));
    }
    health(&store.0).remove("s")
}

fn failed(kind: FailureKind) -> Outcome {
    Outcome::Failed(kind)
}

#[test]
fn success_and_failure_are_remembered_apart() {
    let found = after(&[
        (Outcome::Ok, MIDNIGHT + DAY_MS),
        (failed(FailureKind::TimedOut), MIDNIGHT + 7),
        (Outcome::Ok, MIDNIGHT + 9),
        (failed(FailureKind::Unreachable), MIDNIGHT + 6),
    ]);
    let last_failure = Some(LastFailure { at_unix_ms: MIDNIGHT + 7, kind: "timed-out".to_string() });
    assert_eq!(found, Some(Health { last_success_unix_ms: Some(MIDNIGHT + DAY_MS), last_failure }));
}

#[test]
fn an_error_of_a_tool_or_of_json_rpc_is_an_answer() {
    for answer in [Outcome::ToolError, failed(FailureKind::Rpc)] {
        let found = after(&[(answer, MIDNIGHT)]);
        assert_eq!(found, Some(Health { last_success_unix_ms: Some(MIDNIGHT), last_failure: None }), "{answer:?}");
    }
}

#[test]
fn what_never_reached_the_server_and_what_its_client_did_wrong_say_nothing_of_it() {
    for kind in [FailureKind::UnknownServer, FailureKind::Cancelled, FailureKind::Refused, FailureKind::ClientStatus] {
        assert_eq!(after(&[(failed(kind), MIDNIGHT)]), None, "{kind:?}");
    }
    assert_eq!(after(&[(Outcome::OwnAnswer, MIDNIGHT)]), None);
    for kind in [
        FailureKind::Configuration,
        FailureKind::Unreachable,
        FailureKind::TimedOut,
        FailureKind::HttpStatus,
        FailureKind::Protocol,
    ] {
        let last_failure = LastFailure { at_unix_ms: MIDNIGHT, kind: kind.word().to_string() };
        let found = after(&[(failed(kind), MIDNIGHT)]);
        assert_eq!(found, Some(Health { last_success_unix_ms: None, last_failure: Some(last_failure) }));
    }
}

#[test]
fn what_is_no_call_is_noted_and_not_counted() {
    let mut tally = Tally::default();
    tally.note("s", failed(FailureKind::Authorization), MIDNIGHT + 3);
    tally.note("s", failed(FailureKind::Cancelled), MIDNIGHT + 4);
    assert!(!tally.is_empty());
    let mut store = Store::default();
    tally.take().iter().for_each(|batch| store.merge(batch, 0));
    let last_failure = Some(LastFailure { at_unix_ms: MIDNIGHT + 3, kind: "authorization".to_string() });
    assert_eq!(health(&store.0).remove("s"), Some(Health { last_success_unix_ms: None, last_failure }));
    assert_eq!(store.rows(), []);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_writes_does_not_matter(
        calls in prop::collection::vec((any::<bool>(), 0..3 * DAY_MS), 1..20),
    ) {
        let calls: Vec<_> = calls
            .into_iter()
            .map(|(ok, ms)| (if ok { Outcome::Ok } else { failed(FailureKind::Protocol) }, MIDNIGHT + ms))
            .collect();
        let last = |ok| calls.iter().filter(|(outcome, _)| (*outcome == Outcome::Ok) == ok).map(|(_, at)| *at).max();
        let found = after(&calls).expect("heard of");
        prop_assert_eq!(found.last_success_unix_ms, last(true));
        prop_assert_eq!(found.last_failure.map(|failure| failure.at_unix_ms), last(false));
    }
}
