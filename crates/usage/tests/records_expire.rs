//! Usage is kept for some days, then its records are to be deleted; nothing else ever is.

mod support;

use proptest::prelude::*;
use support::{DAY_MS, MIDNIGHT};
use usage::{DEFAULT_RETENTION_DAYS, Day, MAX_RETENTION_DAYS, expired, record_key};

/// How many days ago it was whose records are to be deleted, of the last 500 days and 3 to come.
fn first_expired(days: u32) -> Option<u64> {
    let today = MIDNIGHT + 3_600_000;
    let key = |ago: u64| record_key(Day::of(today + 3 * DAY_MS - ago * DAY_MS), ago);
    let keys: Vec<String> = (0..503).map(key).collect();
    let expired = expired(&keys, Day::of(today), days);
    assert_eq!(keys[keys.len() - expired.len()..], expired, "all from a day on");
    (!expired.is_empty()).then(|| 500 - expired.len() as u64)
}

#[test]
fn today_and_the_days_before_it_are_kept() {
    assert_eq!(first_expired(DEFAULT_RETENTION_DAYS), Some(30));
    assert_eq!(first_expired(1), Some(1));
    assert_eq!(first_expired(2), Some(2));
}

#[test]
fn retention_is_never_nothing_and_never_for_ever() {
    assert_eq!(first_expired(0), Some(1));
    assert_eq!(first_expired(MAX_RETENTION_DAYS), Some(365));
    assert_eq!(first_expired(u32::MAX), Some(365));
}

#[test]
fn midnight_in_utc_decides() {
    let keys = ["usage/2026-02-27/0", "usage/2026-02-28/0", "usage/2026-03-01/0"];
    assert_eq!(expired(keys, Day::of(MIDNIGHT - 1), 2), [""; 0]);
    assert_eq!(expired(keys, Day::of(MIDNIGHT), 2), ["usage/2026-02-27/0"]);
    assert_eq!(expired(keys, Day::of(MIDNIGHT + DAY_MS), 2), ["usage/2026-02-27/0", "usage/2026-02-28/0"]);
}

#[test]
fn records_of_other_things_never_expire() {
    let keys = ["server/files", "usage", "usage/2000-01-01", "usage/2000-01-01/x", "catalog/2000-01-01/0"];
    assert_eq!(expired(keys, Day::of(MIDNIGHT), 1), [""; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_at_any_time(keys in prop::collection::vec("\\PC{0,20}|usage/[0-9]{4}-0[1-9]-1[0-9]/[0-7]", 0..20), now: u64, days: u32) {
        let today = Day::of(now);
        for key in expired(&keys, today, days) {
            prop_assert!(keys.contains(&key));
            prop_assert!(usage::day_of_key(&key).expect("of usage") < today);
        }
    }
}
