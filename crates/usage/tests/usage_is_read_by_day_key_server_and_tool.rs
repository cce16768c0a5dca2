//! Rows come in order, filtered; other keys of the store are left alone.

mod support;

use support::{DAY_MS, MIDNIGHT, Store, call};
use usage::{Day, Filter, day_of_key, is_usage_key, record_key, rows};

/// Two days, two keys, two servers, two tools: a call each, in two shards.
fn store() -> Store {
    let mut store = Store::default();
    for day in [1, 0] {
        for (random, key) in [(5, "k2"), (4, "k1")] {
            let calls = [("files", "read"), ("web", "read"), ("files", "list"), ("web", "get")];
            let calls = calls.map(|(server, tool)| (call(key, server, tool), MIDNIGHT + day * DAY_MS));
            support::batches(calls).iter().for_each(|batch| store.merge(batch, random));
        }
    }
    store
}

fn found(filter: &Filter) -> Vec<String> {
    let rows = rows(&store().0, filter);
    rows.iter().map(|row| format!("{} {} {} {}", row.day, row.key, row.server, row.tool)).collect()
}

fn day(text: &str) -> Option<Day> {
    Some(Day::read(text).expect("a day"))
}

fn text(text: &str) -> Option<String> {
    Some(text.to_string())
}

#[test]
fn rows_come_in_the_order_of_day_key_server_and_tool() {
    let all = found(&Filter::default());
    assert_eq!(all.len(), 16);
    assert!(all.is_sorted());
    assert_eq!(all[0], "2026-03-01 k1 files list");
    assert_eq!(all[15], "2026-03-02 k2 web read");
}

#[test]
fn what_is_asked_for_must_hold_together() {
    let filter = Filter { key: text("k1"), server: text("files"), tool: text("read"), ..Filter::default() };
    assert_eq!(found(&filter), ["2026-03-01 k1 files read", "2026-03-02 k1 files read"]);
    let filter = Filter { server: text("files"), tool: text("get"), ..Filter::default() };
    assert_eq!(found(&filter), [""; 0]);
}

#[test]
fn days_count_from_the_first_to_the_last() {
    let (first, last) = (day("2026-03-01"), day("2026-03-02"));
    let count = |from, to| found(&Filter { from, to, ..Filter::default() }).len();
    assert_eq!([count(first, last), count(first, None), count(None, last)], [16, 16, 16]);
    assert_eq!([count(first, first), count(last, last), count(None, first), count(last, None)], [8, 8, 8, 8]);
    assert_eq!([count(last, first), count(day("2026-03-03"), None), count(None, day("2026-02-28"))], [0, 0, 0]);
}

#[test]
fn a_filter_knows_which_records_need_not_be_read() {
    let filter = Filter { from: day("2026-03-02"), to: day("2026-03-04"), ..Filter::default() };
    for key in ["usage/2026-03-02/0", "usage/2026-03-04/7"] {
        assert!(filter.wants_record(key), "{key}");
    }
    for key in ["usage/2026-03-01/0", "usage/2026-03-05/0", "server/files"] {
        assert!(!filter.wants_record(key), "{key}");
    }
}

#[test]
fn only_keys_of_this_form_are_of_usage() {
    let key = record_key(Day::of(MIDNIGHT), u64::MAX);
    assert_eq!(key, "usage/2026-03-01/7");
    assert_eq!(day_of_key(&key), Some(Day::of(MIDNIGHT)));
    for key in [
        "",
        "usage",
        "usage/",
        "usage/2026-03-01",
        "usage/2026-03-01/",
        "usage/2026-02-29/1",
        "usage/2026-03-01/1/2",
        "usage/2026-03-01/a",
        "usage/2026-03-01/-1",
        "usage/2026-03-01/1000",
        "xusage/2026-03-01/1",
        "server/usage",
        "catalog/usage/2026-03-01/1",
    ] {
        assert!(!is_usage_key(key), "{key}");
    }
}

#[test]
fn records_of_other_things_are_passed_over() {
    let mut store = store();
    let record = store.0["usage/2026-03-01/4"].clone();
    store.0.insert("catalog/files".to_string(), record);
    assert_eq!(store.rows().len(), 16);
    assert_eq!(store.rows().iter().map(|row| row.counts.calls).sum::<u64>(), 16);
}
