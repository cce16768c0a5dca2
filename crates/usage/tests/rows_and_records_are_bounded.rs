//! However many names calls bring, memory and records stay small, and the sums stay exact.

mod support;

use support::{DAY_MS, MIDNIGHT, Store, call, total};
use usage::{
    Call, FailureKind, MAX_RECORD_BYTES, MAX_SERVERS, MAX_TOOL_CHARS, MAX_WAITING_ROWS, OTHER, Outcome, Tally, UNKNOWN,
    health,
};

fn store_of(tally: &mut Tally) -> Store {
    let mut store = Store::default();
    tally.take().iter().for_each(|batch| store.merge(batch, 0));
    store
}

#[test]
fn rows_beyond_the_limit_wait_as_one() {
    let mut tally = Tally::default();
    let most = MAX_WAITING_ROWS as u64;
    for round in 0..2 {
        for number in 0..most + 10 {
            let name = format!("{number:05}");
            tally.add(&call("k", "s", &name), MIDNIGHT + round);
        }
    }
    let rows = store_of(&mut tally).rows();
    assert_eq!(rows.len(), MAX_WAITING_ROWS + 1);
    assert_eq!((rows[0].key.as_str(), rows[0].server.as_str(), rows[0].tool.as_str()), (OTHER, OTHER, OTHER));
    assert_eq!(rows[0].counts.calls, 20);
    assert!(rows[1..].iter().all(|row| row.counts.calls == 2));
    assert_eq!(total(&rows).received_bytes, 100 * 2 * (most + 10));
}

#[test]
fn the_limit_is_for_all_days_together_and_for_what_is_put_back() {
    let most = MAX_WAITING_ROWS as u64;
    let mut tally = Tally::default();
    for number in 0..2 * most {
        let name = number.to_string();
        tally.add(&call("k", "s", &name), MIDNIGHT + (number % 2) * DAY_MS);
    }
    let waiting = tally.take();
    for number in 0..most {
        let name = format!("meanwhile {number}");
        tally.add(&call("k", "s", &name), MIDNIGHT);
    }
    waiting.iter().for_each(|batch| tally.put_back(batch));
    let rows = store_of(&mut tally).rows();
    assert_eq!(rows.len(), MAX_WAITING_ROWS + 2);
    assert_eq!(total(&rows).calls, 3 * most);
}

#[test]
fn a_full_record_counts_the_tools_of_the_least_calls_together() {
    let mut store = Store::default();
    let mut calls = 0;
    for round in 0..8 {
        let mut tally = Tally::default();
        for number in 0..4_000 {
            let (key, tool) = (format!("key{}", number % 3), format!("{round}-{number}-{}", "\u{1}".repeat(20)));
            let repeated = if number < 100 { 3 } else { 1 };
            for _ in 0..repeated {
                tally.add(&call(&key, "files", &tool), MIDNIGHT);
            }
            calls += repeated;
        }
        tally.take().iter().for_each(|batch| store.merge(batch, 0));
        assert!(store.0.values().all(|record| record.len() <= MAX_RECORD_BYTES));
    }
    let rows = store.rows();
    assert_eq!((total(&rows).calls, total(&rows).sent_bytes), (calls, 10 * calls));
    assert!(store.0.values().all(|record| record.len() > MAX_RECORD_BYTES - 1_000), "no more is lost than must be");
    assert!(rows.iter().all(|row| row.server == "files" && row.key.starts_with("key")), "keys and servers remain");
    assert_eq!(rows.iter().filter(|row| row.counts.calls == 3).count(), 8 * 100, "those of many calls remain");
    assert_eq!(rows.iter().filter(|row| row.tool == OTHER).count(), 3);
}

#[test]
fn a_record_full_of_keys_counts_keys_together() {
    let mut store = Store::default();
    for round in 0..8 {
        let mut tally = Tally::default();
        for number in 0..4_000 {
            let key = format!("{round}-{number}-{}", "\u{1}".repeat(20));
            tally.add(&call(&key, "files", "t"), MIDNIGHT);
        }
        tally.take().iter().for_each(|batch| store.merge(batch, 0));
        assert!(store.0.values().all(|record| record.len() <= MAX_RECORD_BYTES));
    }
    let rows = store.rows();
    assert_eq!(total(&rows).calls, 8 * 4_000);
    assert!(rows.len() > 1_000);
    let other: Vec<_> = rows.iter().filter(|row| row.key == OTHER).collect();
    assert_eq!((other.len(), other[0].server.as_str(), other[0].tool.as_str()), (1, OTHER, OTHER));
}

/// How many rows of a key have a tool's own name.
fn named(rows: &[usage::Row], key: &str) -> usize {
    rows.iter().filter(|row| row.key == key && row.tool != OTHER).count()
}

#[test]
fn a_key_that_makes_names_up_takes_no_row_from_others() {
    let mut tally = Tally::default();
    for number in 0..2 * MAX_WAITING_ROWS {
        tally.add(&call("hostile", "s", &format!("made up {number}")), MIDNIGHT);
    }
    for number in 0..100 {
        tally.add(&call("other", "s", &format!("tool{number}")), MIDNIGHT);
    }
    for number in 0..MAX_WAITING_ROWS {
        tally.add(&call("hostile", "s", &format!("again {number}")), MIDNIGHT);
    }
    let rows = store_of(&mut tally).rows();
    assert!(rows.len() <= MAX_WAITING_ROWS + 1, "{}", rows.len());
    assert_eq!(named(&rows, "other"), 100);
    assert_eq!(total(&rows).calls, 3 * MAX_WAITING_ROWS as u64 + 100);
}

#[test]
fn a_key_that_fills_records_takes_no_row_from_others() {
    let mut store = Store::default();
    let names = |round: usize, number: usize| format!("{round}-{number}-{}", "\u{1}".repeat(20));
    let tools: Vec<String> = (0..50).map(|number| format!("tool{number}")).collect();
    store.merge(&support::batch(tools.iter().map(|tool| call("other", "s", tool))), 0);
    for round in 0..8 {
        let mut tally = Tally::default();
        for number in 0..4_000 {
            let tool = names(round, number);
            // More often than those of others.
            (0..3).for_each(|_| tally.add(&call("hostile", "files", &tool), MIDNIGHT));
        }
        tally.take().iter().for_each(|batch| store.merge(batch, 0));
        assert!(store.0.values().all(|record| record.len() <= MAX_RECORD_BYTES));
    }
    let rows = store.rows();
    assert_eq!(named(&rows, "other"), 50);
    assert_eq!(total(&rows).calls, 8 * 4_000 * 3 + 50);
}

#[test]
fn a_key_of_many_servers_is_counted_by_itself() {
    let mut store = Store::default();
    for round in 0..8 {
        let mut tally = Tally::default();
        for number in 0..4_000 {
            let server = format!("{round}-{number}-{}", "\u{1}".repeat(20));
            tally.add(&call("hostile", &server, "t"), MIDNIGHT);
        }
        tally.add(&call("other", "s", "t"), MIDNIGHT);
        tally.take().iter().for_each(|batch| store.merge(batch, 0));
    }
    let rows = store.rows();
    assert_eq!(named(&rows, "other"), 1);
    assert!(rows.iter().all(|row| row.key != OTHER), "no key is counted with another");
    assert_eq!(rows.iter().filter(|row| row.server == OTHER).count(), 1);
}

#[test]
fn long_names_are_cut_in_records_as_in_the_log() {
    let long = "\u{1}".repeat(100_000);
    let mut store = Store::default();
    store.merge(&support::batch([call(&long, &long, &long)]), 0);
    let rows = store.rows();
    assert_eq!(rows[0].tool.chars().count(), MAX_TOOL_CHARS);
    let wanted = usage::Filter { tool: Some(long), ..usage::Filter::default() };
    assert_eq!(usage::rows(&store.0, &wanted), rows, "a whole name finds its row");
}

#[test]
fn the_health_of_the_servers_last_heard_of_remains() {
    let mut tally = Tally::default();
    for number in 0..MAX_SERVERS as u64 + 100 {
        let name = format!("{number:04}-{}", "\u{1}".repeat(100));
        let outcome = if number % 2 == 0 { Outcome::Ok } else { Outcome::Failed(FailureKind::Unreachable) };
        tally.add(&Call { outcome, ..call("k", &name, "t") }, MIDNIGHT + number);
    }
    let store = store_of(&mut tally);
    assert!(store.0.values().all(|record| record.len() <= MAX_RECORD_BYTES));
    let health = health(&store.0);
    assert_eq!(health.len(), MAX_SERVERS);
    assert!(health.keys().next().is_some_and(|first| first.starts_with("0100-")));
}

#[test]
fn servers_that_are_not_there_are_counted_without_their_names() {
    let outcome = Outcome::Failed(FailureKind::UnknownServer);
    let calls = ["what", "a script", "made up"].map(|name| Call { outcome, ..call("k", name, name) });
    let mut store = Store::default();
    store.merge(&support::batch(calls), 0);
    let rows = store.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].server.as_str(), rows[0].tool.as_str(), rows[0].counts.failures), (UNKNOWN, UNKNOWN, 3));
    assert!(health(&store.0).is_empty());
}
