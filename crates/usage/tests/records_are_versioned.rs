//! What is stored may be of another version, damaged or anything at all.

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::{MIDNIGHT, Store, batch, call, total};
use usage::{Batch, Counts, Day, Filter, MAX_RECORD_BYTES, RecordError, Row, health, merge, rows};

const KEY: &str = "usage/2026-03-01/0";

fn one_call() -> Batch {
    batch([call("k", "s", "t")])
}

fn read(record: &[u8]) -> Vec<Row> {
    rows([(KEY, record)], &Filter::default())
}

/// Later versions must still read it.
#[test]
fn a_record_of_version_1_is_read_and_written() {
    let stored = include_bytes!("records/version_1.json");
    let rows = read(stored);
    let counts = Counts {
        calls: 3,
        failures: 1,
        duration_ms: 120,
        longest_ms: 90,
        sent_bytes: 4_000,
        received_bytes: 18_446_744_073_709_551_615,
    };
    let (key, server, tool) = ("jicsqeebjics".to_string(), "files".to_string(), "read_file".to_string());
    assert_eq!(rows[0], Row { day: Day::of(MIDNIGHT), key, server, tool, counts });
    assert_eq!(rows.len(), 2);
    let health = health([(KEY, stored)]);
    assert_eq!(health["files"].last_success_unix_ms, Some(1_772_323_200_001));
    assert_eq!(health["web"].last_failure.as_ref().map(|failure| failure.kind.as_str()), Some("a-later-kind"));

    let merged: Value = serde_json::from_slice(&merge(Some(stored), &one_call()).expect("merged")).expect("JSON");
    let mut expected: Value = serde_json::from_slice(stored).expect("JSON");
    let rows = expected["rows"].as_array_mut().expect("rows");
    rows.insert(1, json!(["k", "s", "t", 1, 0, 5, 5, 10, 100]));
    expected["servers"]["s"] = json!({"lastSuccessUnixMs": MIDNIGHT});
    assert_eq!(merged, expected);
}

#[test]
fn a_record_of_a_newer_version_is_left_as_it_is() {
    for newer in [json!({"version": 2}), json!({"version": 18_446_744_073_709_551_615u64, "rows": {}})] {
        let stored = newer.to_string().into_bytes();
        let found = newer["version"].as_u64().expect("a version");
        assert_eq!(merge(Some(&stored), &one_call()), Err(RecordError::Newer { found }));
        assert_eq!(read(&stored), []);
    }
}

#[test]
fn a_batch_that_a_newer_record_refuses_can_wait() {
    let mut tally = usage::Tally::default();
    let refused = one_call();
    tally.add(&call("k", "s", "t"), MIDNIGHT);
    tally.put_back(&refused);
    assert_eq!(tally.take(), [batch([call("k", "s", "t"); 2])]);
    assert!(tally.is_empty());
}

#[test]
fn a_damaged_record_is_started_anew() {
    let fresh = merge(None, &one_call()).expect("a record");
    for damaged in [
        "",
        "null",
        "{}",
        "[]",
        r#"{"version":"1"}"#,
        r#"{"version":0,"rows":[],"servers":{}}"#,
        r#"{"version":-1,"rows":[],"servers":{}}"#,
        r#"{"version":1,"rows":[]}"#,
        r#"{"version":1,"rows":[["k","s","t",1,0,5,5,10]],"servers":{}}"#,
        r#"{"version":1,"rows":[["k","s","t",-1,0,5,5,10,100]],"servers":{}}"#,
        r#"{"version":1,"rows":[["k","s","t",1,0,5,5,10,100]],"servers":{"#,
    ] {
        assert_eq!(merge(Some(damaged.as_bytes()), &one_call()).as_ref(), Ok(&fresh), "{damaged}");
        assert_eq!(read(damaged.as_bytes()), [], "{damaged}");
    }
}

#[test]
fn a_damaged_record_harms_no_other() {
    let mut store = Store::default();
    (0..3).for_each(|random| store.merge(&one_call(), random));
    store.0.insert("usage/2026-03-01/1".to_string(), b"\xff\xfe".to_vec());
    assert_eq!(total(&store.rows()).calls, 2);
}

#[test]
fn what_is_stored_beyond_the_limits_is_brought_within_them() {
    let long = "x".repeat(MAX_RECORD_BYTES);
    let row = json!([long, long, long, 7, 0, 5, 5, 10, 100]);
    let failure = json!({"lastFailure": {"atUnixMs": 1, "kind": long}});
    let stored = json!({"version": 1, "rows": [row, row], "servers": {long: failure}}).to_string();
    let merged = merge(Some(stored.as_bytes()), &one_call()).expect("merged");
    assert!(merged.len() < 2_000);
    assert_eq!(total(&read(&merged)).calls, 15);
}

/// Bytes, and JSON that is nearly a record.
fn stored() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![any::<u64>().prop_map(Value::from), any::<i8>().prop_map(Value::from)];
    let text = || any::<String>().prop_map(Value::from);
    let row = (prop::collection::vec(text(), 2..4), prop::collection::vec(number, 5..7))
        .prop_map(|(names, numbers)| Value::from([names, numbers].concat()));
    let rows = prop::collection::vec(row, 0..6);
    let servers = prop::collection::btree_map(any::<String>(), (any::<Option<u64>>(), any::<String>()), 0..4);
    let near = (rows, servers).prop_map(|(rows, servers)| {
        let health = |(at, kind): (Option<u64>, String)| match at {
            Some(at) => json!({"lastSuccessUnixMs": at, "lastFailure": {"atUnixMs": at, "kind": kind}}),
            None => json!({"lastFailure": null}),
        };
        let servers: serde_json::Map<_, _> = servers.into_iter().map(|(server, h)| (server, health(h))).collect();
        json!({"version": 1, "rows": rows, "servers": servers}).to_string().into_bytes()
    });
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), near]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_stored_bytes_are_read_and_merged(stored in stored(), key in "\\PC{0,20}|usage/[0-9-]{10}/[0-9]") {
        let calls = |rows: &[Row]| rows.iter().fold(0u64, |sum, row| sum.saturating_add(row.counts.calls));
        let before = read(&stored);
        rows([(&key, &stored)], &Filter::default());
        let health_before = health([(KEY, &stored)]);
        if let Ok(merged) = merge(Some(&stored), &one_call()) {
            prop_assert!(merged.len() <= MAX_RECORD_BYTES);
            prop_assert_eq!(calls(&read(&merged)), calls(&before).saturating_add(1));
            let health = health([(KEY, &merged)]);
            prop_assert!(health_before.keys().all(|server| health.contains_key(server)));
        }
    }
}
