//! What is stored is read alike; what is not understood is refused rather than read in part.

use client_keys::{GivenKey, KeyRecord, KeySettings, NewKey, RANDOM_BYTES, RecordError};
use serde_json::{Value, json};

fn record(settings: &Value) -> KeyRecord {
    let settings = KeySettings::from_json(settings).expect("settings");
    NewKey::make(settings, 1_800_000_000_123, &[9; RANDOM_BYTES]).expect("a key").record().clone()
}

fn full() -> Value {
    json!({
        "name": "Deploy bot",
        "role": "manage",
        "expiresAt": "2030-01-31T12:00:00.5Z",
        "servers": ["files", "github"],
        "tools": {"default": "blocked", "rules": [{"class": "readOnly", "access": "allowed"}]},
        "rateLimitPerMinute": 60
    })
}

fn stored(record: &KeyRecord) -> Value {
    serde_json::from_slice(&record.to_json()).expect("JSON")
}

fn read(value: &Value) -> Result<KeyRecord, RecordError> {
    KeyRecord::from_json(value.to_string().as_bytes())
}

#[test]
fn a_record_comes_back_as_it_was() {
    for settings in [full(), json!({"name": "least"})] {
        let record = record(&settings);
        let back = KeyRecord::from_json(&record.to_json()).expect("a record");
        assert_eq!(back.to_json(), record.to_json());
        assert_eq!(back.settings(), record.settings());
        assert_eq!((back.id(), back.created_at_ms()), (record.id(), 1_800_000_000_123));
    }
}

/// A record of version 1, with the key that it is for. Later versions must still read it.
#[test]
fn a_record_of_version_1_is_read() {
    let stored = include_bytes!("records/version_1.json");
    let record = KeyRecord::from_json(stored).expect("a record");
    let given =
        GivenKey::parse("bob_jicsqeebjics_CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk").expect("the form of a key");
    assert_eq!(record.admits(&given, 0), Ok(()));
    assert_eq!(serde_json::to_value(record.settings()).expect("JSON"), full());
}

#[test]
fn a_newer_version_is_told_from_damage() {
    let mut newer = stored(&record(&full()));
    newer["version"] = json!(2);
    newer["regions"] = json!(["eu"]);
    assert_eq!(read(&newer).expect_err("newer"), RecordError::Newer { found: 2 });
}

#[test]
fn a_damaged_record_is_refused() {
    let good = stored(&record(&full()));
    assert!(read(&good).is_ok());
    for (member, value) in [
        ("version", json!(0)),
        ("version", json!("1")),
        ("id", json!("../../etc")),
        ("hash", json!("")),
        ("hash", json!("é".repeat(32))),
        ("hash", json!("+".repeat(64))),
        ("role", json!("admin")),
        ("servers", json!("files")),
        ("tools", json!({"default": "maybe"})),
        ("tools", json!([])),
        ("unheardOf", json!(true)),
    ] {
        let mut damaged = good.clone();
        damaged[member] = value;
        assert_eq!(read(&damaged).expect_err("damaged"), RecordError::Damaged, "{member}: {damaged}");
    }
    for text in ["", "null", "[]", "{}", "{\"version\": 1}", "\u{0}"] {
        assert_eq!(KeyRecord::from_json(text.as_bytes()).expect_err("damaged"), RecordError::Damaged, "{text}");
    }
    assert_eq!(KeyRecord::from_json(b"\xff\xfe").expect_err("damaged"), RecordError::Damaged);
}

#[test]
fn settings_change_and_the_key_stays() {
    let before = record(&full());
    let settings = KeySettings::from_json(&json!({"name": "renamed", "expiresAt": "2001-01-01T00:00:00Z"}));
    let after = before.clone().with_settings(settings.expect("settings"));
    assert_eq!(stored(&after)["hash"], stored(&before)["hash"]);
    assert_eq!((after.id(), after.created_at_ms()), (before.id(), before.created_at_ms()));
    assert_eq!(after.settings().name(), "renamed");
    assert!(after.may_use("any") && !after.may_manage());
}

#[test]
fn a_view_is_the_settings_with_id_and_date() {
    let record = record(&full());
    let mut expected = full();
    expected["id"] = json!(record.id());
    expected["createdAt"] = json!("2027-01-15T08:00:00.123Z");
    assert_eq!(serde_json::to_value(record.view()).expect("JSON"), expected);
}

#[test]
fn the_text_is_in_the_view_of_a_new_key_only() {
    let settings = KeySettings::from_json(&full()).expect("settings");
    let key = NewKey::make(settings, 0, &[9; RANDOM_BYTES]).expect("a key");
    let view = serde_json::to_value(key.view()).expect("JSON");
    assert_eq!(view["key"], key.text());
    assert_eq!(serde_json::to_value(key.record().view()).expect("JSON").get("key"), None);
}
