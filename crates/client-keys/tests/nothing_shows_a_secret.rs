//! Views, debug output and errors hold neither a secret nor its hash.

use client_keys::{GivenKey, KeyRecord, KeySettings, NewKey, RANDOM_BYTES};
use serde_json::{Value, json};

#[test]
fn views_and_debug_output_show_neither_secret_nor_hash() {
    let settings = KeySettings::from_json(&json!({"name": "ci", "servers": ["a"]})).expect("settings");
    let random: [u8; RANDOM_BYTES] = std::array::from_fn(|at| (at * 89 + 3) as u8);
    let key = NewKey::make(settings, 1, &random).expect("a key");
    let given = GivenKey::parse(key.text()).expect("the form of a key");
    let stored: Value = serde_json::from_slice(&key.record().to_json()).expect("JSON");
    let hash = stored["hash"].as_str().expect("a hash").to_string();
    let secret = key.text()[17..].to_string();
    let shown = [
        format!("{key:?}"),
        format!("{given:?}"),
        format!("{:?}", key.record()),
        serde_json::to_string(&key.record().view()).expect("JSON"),
    ];
    for text in shown {
        assert!(text.contains(key.record().id()), "{text}");
        for part in [&secret[..12], &secret[20..32], &hash[..12], &hash[40..52]] {
            assert!(!text.contains(part), "{part} is in {text}");
        }
        // The bytes, as Debug writes arrays of them.
        assert!(!text.contains(&format!("{}, {}", random[8], random[9])), "{text}");
    }
}

#[test]
fn an_unreadable_record_is_not_quoted() {
    let error = KeyRecord::from_json(br#"{"version": 1, "hash": 5, "id": "PLANTED", "PLANTED": "PLANTED"}"#);
    let error = error.expect_err("no record");
    assert!(!format!("{error} {error:?}").contains("PLANTED"));
}
