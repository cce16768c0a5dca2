//! Who has a key's whole text is admitted until it expires; nobody else is.

use client_keys::{GivenKey, KeyRecord, KeySettings, NewKey, RANDOM_BYTES, Refused, is_same_key};
use proptest::prelude::*;
use serde_json::json;

const NOW: u64 = 1_800_000_000_000;

fn key(seed: u8) -> NewKey {
    let settings = KeySettings::from_json(&json!({"name": "ci"})).expect("settings");
    NewKey::make(settings, NOW, &[seed; RANDOM_BYTES]).expect("a key")
}

fn admits(record: &KeyRecord, text: &str) -> Result<(), Refused> {
    record.admits(&GivenKey::parse(text).expect("the form of a key"), NOW)
}

#[test]
fn a_key_admits_itself() {
    let key = key(7);
    let given = GivenKey::parse(key.text()).expect("the form of a key");
    assert_eq!(given.id(), key.record().id());
    assert_eq!(key.record().admits(&given, NOW), Ok(()));
    assert_eq!(key.record().admits(&given, u64::MAX), Ok(()));
}

#[test]
fn keys_of_other_random_bytes_are_others() {
    let mut random = [7; RANDOM_BYTES];
    let settings = KeySettings::from_json(&json!({"name": "ci"})).expect("settings");
    let first = NewKey::make(settings.clone(), NOW, &random).expect("a key");
    // The last byte belongs to the secret, the first one to the id.
    random[RANDOM_BYTES - 1] ^= 1;
    let other_secret = NewKey::make(settings.clone(), NOW, &random).expect("a key");
    assert_eq!(first.record().id(), other_secret.record().id());
    assert_eq!(admits(first.record(), other_secret.text()), Err(Refused::Wrong));
    random[0] ^= 1;
    let other_id = NewKey::make(settings, NOW, &random).expect("a key");
    assert_ne!(first.record().id(), other_id.record().id());
}

#[test]
fn a_secret_counts_for_its_own_id_only() {
    let (mine, other) = (key(7), key(8));
    assert_eq!(admits(mine.record(), other.text()), Err(Refused::Wrong));
    let mixed = mine.text().replace(mine.record().id(), other.record().id());
    assert_eq!(admits(mine.record(), &mixed), Err(Refused::Wrong));
    assert_eq!(admits(other.record(), &mixed), Err(Refused::Wrong));
}

#[test]
fn a_hash_moved_to_another_record_admits_nobody() {
    let (mine, other) = (key(7), key(8));
    let stored = String::from_utf8(mine.record().to_json()).expect("JSON");
    let moved = stored.replace(mine.record().id(), other.record().id());
    let moved = KeyRecord::from_json(moved.as_bytes()).expect("a record");
    let text = mine.text().replace(mine.record().id(), other.record().id());
    assert_eq!(admits(&moved, &text), Err(Refused::Wrong));
}

#[test]
fn the_hash_is_not_the_key() {
    let key = key(7);
    let stored: serde_json::Value = serde_json::from_slice(&key.record().to_json()).expect("JSON");
    let hash = stored["hash"].as_str().expect("a hash");
    let text = format!("bob_{}_{}", key.record().id(), &hash[..43]);
    assert_eq!(admits(key.record(), &text), Err(Refused::Wrong));
}

#[test]
fn every_changed_character_is_refused() {
    let key = key(7);
    for at in 0..key.text().len() {
        let mut text = key.text().as_bytes().to_vec();
        text[at] = if text[at] == b'a' { b'b' } else { b'a' };
        let text = String::from_utf8(text).expect("ASCII");
        let admitted = GivenKey::parse(&text).map(|given| key.record().admits(&given, NOW));
        assert!(matches!(admitted, None | Some(Err(Refused::Wrong))), "{text}");
    }
}

#[test]
fn parts_of_a_key_and_additions_to_it_have_no_form() {
    let key = key(7);
    let text = key.text();
    for end in 0..text.len() {
        assert_eq!(GivenKey::parse(&text[..end]), None);
        assert_eq!(GivenKey::parse(&text[end + 1..]), None);
    }
    let swapped_sign = text.replacen('_', "-", 1);
    let upper_prefix = text.replacen("bob_", "BOB_", 1);
    let upper_id = text.replace(key.record().id(), &key.record().id().to_uppercase());
    let others = [format!("{text}="), format!("{text}a"), format!(" {text}"), format!("{text}\n"), format!("{text}\0")];
    for other in others.iter().chain([&swapped_sign, &upper_prefix, &upper_id]) {
        assert_eq!(GivenKey::parse(other), None, "{other:?}");
    }
}

#[test]
fn an_expired_key_is_refused_to_who_has_it() {
    let settings = json!({"name": "ci", "expiresAt": "2030-01-01T00:00:00Z"});
    let settings = KeySettings::from_json(&settings).expect("settings");
    let expiry = settings.expires_at_ms().expect("an expiry");
    let mine = NewKey::make(settings, NOW, &[7; RANDOM_BYTES]).expect("a key");
    let given = GivenKey::parse(mine.text()).expect("the form of a key");
    assert_eq!(mine.record().admits(&given, expiry - 1), Ok(()));
    assert_eq!(mine.record().admits(&given, expiry), Err(Refused::Expired));
    let wrong = key(8);
    let wrong = GivenKey::parse(wrong.text()).expect("the form of a key");
    assert_eq!(mine.record().admits(&wrong, expiry), Err(Refused::Wrong));
}

#[test]
fn the_operators_key_is_compared_as_a_whole() {
    assert!(is_same_key("correct horse", "correct horse"));
    for given in ["", "correct", "correct horse ", "Correct horse", "correct horse\0", "c", "battery staple"] {
        assert!(!is_same_key(given, "correct horse"), "{given:?}");
    }
}

#[test]
fn an_empty_operators_key_is_none() {
    assert!(!is_same_key("", ""));
    assert!(!is_same_key("anything", ""));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_not(
        text in prop_oneof![any::<String>(), "bob_\\PC{0,60}", "bob_[a-z2-7é]{11,13}_[A-Za-z0-9_\\-é]{42,44}"]
    ) {
        if let Some(given) = GivenKey::parse(&text) {
            prop_assert!(text.is_ascii() && text.len() == 60);
            prop_assert_eq!(&text[4..16], given.id());
            prop_assert_eq!(key(7).record().admits(&given, NOW), Err(Refused::Wrong));
        }
    }

    #[test]
    fn any_random_bytes_make_a_key(random in prop::array::uniform32(any::<u8>()), rest in prop::array::uniform8(any::<u8>())) {
        let mut bytes = [0; RANDOM_BYTES];
        bytes[..8].copy_from_slice(&rest);
        bytes[8..].copy_from_slice(&random);
        let settings = KeySettings::from_json(&json!({"name": "ci"})).expect("settings");
        let key = NewKey::make(settings, NOW, &bytes).expect("a key");
        prop_assert_eq!(admits(key.record(), key.text()), Ok(()));
    }
}
