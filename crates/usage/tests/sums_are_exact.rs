//! However calls spread over instances, shards and moments of writing, the sums are those of the calls.

mod support;

use proptest::prelude::*;
use std::collections::BTreeMap;
use support::{DAY_MS, MIDNIGHT, Store, call};
use usage::{Call, Counts, Day, FailureKind, Outcome, SHARDS, Tally, merge};

const INSTANCES: usize = 3;

/// A call at an instance, or that an instance writes what it has.
#[derive(Debug, Clone)]
enum Step {
    Call { instance: usize, made: Made },
    Write { instance: usize, random: u64 },
    WriteFails { instance: usize },
}

#[derive(Debug, Clone)]
struct Made {
    names: (String, String, String),
    outcome: Outcome,
    numbers: (u32, u32, u32),
    at_unix_ms: u64,
}

impl Made {
    fn call(&self) -> Call<'_> {
        let (key, server, tool) = (&self.names.0, &self.names.1, &self.names.2);
        let (duration_ms, sent_bytes, received_bytes) = self.numbers;
        Call {
            duration_ms: duration_ms.into(),
            outcome: self.outcome,
            sent_bytes: sent_bytes.into(),
            received_bytes: received_bytes.into(),
            ..call(key, server, tool)
        }
    }
}

fn made() -> impl Strategy<Value = Made> {
    let outcomes = vec![Outcome::Ok, Outcome::ToolError, Outcome::Failed(FailureKind::Rpc)];
    (("[ab]", "[xy]", "[tu\n\"]"), prop::sample::select(outcomes), any::<(u32, u32, u32)>(), 0..3 * DAY_MS).prop_map(
        |(names, outcome, numbers, after_ms)| Made { names, outcome, numbers, at_unix_ms: MIDNIGHT + after_ms },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let instance = 0..INSTANCES;
    prop_oneof![
        6 => (instance.clone(), made()).prop_map(|(instance, made)| Step::Call { instance, made }),
        2 => (instance.clone(), any::<u64>()).prop_map(|(instance, random)| Step::Write { instance, random }),
        1 => instance.prop_map(|instance| Step::WriteFails { instance }),
    ]
}

/// What the calls come to, by plain addition.
fn expected<'a>(calls: impl Iterator<Item = &'a Made>) -> Vec<(Day, (String, String, String), Counts)> {
    let mut sums = BTreeMap::<(Day, (String, String, String)), Counts>::new();
    for Made { names, outcome, numbers: (duration, sent, received), at_unix_ms } in calls {
        let sum = sums.entry((Day::of(*at_unix_ms), names.clone())).or_default();
        sum.calls += 1;
        sum.failures += u64::from(*outcome != Outcome::Ok);
        sum.duration_ms += u64::from(*duration);
        sum.longest_ms = sum.longest_ms.max((*duration).into());
        sum.sent_bytes += u64::from(*sent);
        sum.received_bytes += u64::from(*received);
    }
    sums.into_iter().map(|((day, names), counts)| (day, names, counts)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn under_any_interleaving(steps in prop::collection::vec(step(), 0..80)) {
        let mut store = Store::default();
        let mut instances: Vec<Tally> = vec![Tally::default(); INSTANCES];
        for step in &steps {
            match step {
                Step::Call { instance, made } => instances[*instance].add(&made.call(), made.at_unix_ms),
                Step::Write { instance, random } => {
                    instances[*instance].take().iter().for_each(|batch| store.merge(batch, *random));
                    prop_assert!(instances[*instance].is_empty());
                }
                Step::WriteFails { instance } => {
                    let taken = instances[*instance].take();
                    taken.iter().for_each(|batch| instances[*instance].put_back(batch));
                }
            }
        }
        for (number, instance) in (0..).zip(&mut instances) {
            instance.take().iter().for_each(|batch| store.merge(batch, number));
        }
        let calls = steps.iter().filter_map(|step| if let Step::Call { made, .. } = step { Some(made) } else { None });
        let found: Vec<_> =
            store.rows().into_iter().map(|row| (row.day, (row.key, row.server, row.tool), row.counts)).collect();
        prop_assert_eq!(found, expected(calls));
    }

    #[test]
    fn in_any_order_of_merges(
        parts in prop::collection::vec(prop::collection::vec(made(), 1..8), 1..8),
        order in any::<prop::sample::Index>(),
    ) {
        let batches: Vec<_> = parts
            .iter()
            .map(|part| support::batches(part.iter().map(|made| (made.call(), MIDNIGHT + made.at_unix_ms % DAY_MS))))
            .map(|mut batches| batches.remove(0))
            .collect();
        let merged = |batches: &mut dyn Iterator<Item = &usage::Batch>| {
            batches.fold(None::<Vec<u8>>, |record, batch| Some(merge(record.as_deref(), batch).expect("a record")))
        };
        let start = order.index(batches.len());
        let in_order = merged(&mut batches.iter());
        prop_assert_eq!(&in_order, &merged(&mut batches.iter().rev()));
        prop_assert_eq!(&in_order, &merged(&mut batches[start..].iter().chain(&batches[..start])));
    }
}

#[test]
fn a_sum_that_would_be_too_large_stays_at_the_largest_number() {
    let huge = Call { duration_ms: u64::MAX, sent_bytes: u64::MAX, ..call("k", "s", "t") };
    let mut store = Store::default();
    for random in [0, 0, 1] {
        store.merge(&support::batch([huge, huge]), random);
    }
    let counts = store.rows()[0].counts;
    assert_eq!((counts.calls, counts.duration_ms, counts.sent_bytes), (6, u64::MAX, u64::MAX));
}

#[test]
fn a_day_is_spread_over_its_shards() {
    let mut store = Store::default();
    for random in 0..100 {
        store.merge(&support::batch([call("k", "s", "t")]), random);
    }
    assert_eq!(store.0.len() as u64, SHARDS);
    assert_eq!(store.0.keys().next().map(String::as_str), Some("usage/2026-03-01/0"));
    assert_eq!(store.rows().len(), 1);
}

#[test]
fn a_call_counts_on_the_day_on_which_it_ended() {
    let one = call("k", "s", "t");
    let batches = support::batches([(one, MIDNIGHT), (one, MIDNIGHT - 1), (one, MIDNIGHT + DAY_MS - 1)]);
    let days: Vec<String> = batches.iter().map(|batch| batch.day().to_string()).collect();
    assert_eq!(days, ["2026-02-28", "2026-03-01"]);
}
