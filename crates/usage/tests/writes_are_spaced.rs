//! An instance writes at once, then at most once in an interval, and at the end of it for certain.

use proptest::prelude::*;
use usage::{Flush, WRITE_INTERVAL_MS, flush};

#[test]
fn the_first_write_is_made_at_once() {
    assert_eq!(flush(None, 0), Flush::Now);
    assert_eq!(flush(None, u64::MAX), Flush::Now);
}

#[test]
fn the_next_is_made_an_interval_later() {
    let last = 1_772_323_200_000;
    assert_eq!(flush(Some(last), last), Flush::After { ms: WRITE_INTERVAL_MS });
    assert_eq!(flush(Some(last), last + WRITE_INTERVAL_MS - 1), Flush::After { ms: 1 });
    assert_eq!(flush(Some(last), last + WRITE_INTERVAL_MS), Flush::Now);
    assert_eq!(flush(Some(last), u64::MAX), Flush::Now);
}

#[test]
fn a_clock_that_was_set_back_holds_nothing_up() {
    assert_eq!(flush(Some(u64::MAX), 0), Flush::Now);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_are_written_in_time_and_not_too_often(calls in prop::collection::vec(0..3_000u64, 1..60)) {
        let (mut now, mut last, mut waiting_since, mut writes) = (0, None, None, Vec::new());
        let mut arrivals = calls.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).peekable();
        let mut look_again = u64::MAX;
        while arrivals.peek().is_some() || waiting_since.is_some() {
            match arrivals.next_if(|at| *at <= look_again) {
                Some(at) => { now = at; waiting_since = waiting_since.or(Some(at)); }
                None => now = look_again,
            }
            match flush(last, now) {
                Flush::Now => {
                    prop_assert!(now - waiting_since.take().expect("something waits") <= WRITE_INTERVAL_MS);
                    (last, look_again) = (Some(now), u64::MAX);
                    writes.push(now);
                }
                Flush::After { ms } => look_again = now + ms,
            }
        }
        prop_assert!(writes.windows(2).all(|pair| pair[1] - pair[0] >= WRITE_INTERVAL_MS));
        prop_assert!(now >= calls.iter().sum());
    }
}
