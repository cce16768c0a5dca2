//! Whatever tools return: what was seen fits what was learned, no value is kept, and size is bounded.

use learned_types::Learned;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Far below what a key-value store takes for one record.
const MAX_STORED_BYTES: usize = 100_000;

fn name() -> impl Strategy<Value = String> {
    prop_oneof![6 => "[a-d]", 2 => "[a-z]{1,8}", 1 => "[0-9]{1,4}", 1 => any::<String>()]
}

/// Values whose scalars can be told from everything else that is stored.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_u64..1000).prop_map(|number| json!(770_000_000 + number)),
        "[A-Z]{4}".prop_map(|text| json!(format!("SECRET{text}"))),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Whether a value fits a schema, by the checker that arguments are checked with.
fn fits(schema: &Value, value: &Value) -> bool {
    argument_check::Schema::compile(schema).expect("a JSON Schema").check(value).is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_seen_fits_what_was_learned(samples in prop::collection::vec(value(), 1..6)) {
        let mut learned = Learned::default();
        samples.iter().for_each(|sample| learned.observe(sample, 1));
        let schema = learned.schema();
        for sample in &samples {
            prop_assert!(fits(&schema, sample), "{sample} does not fit {schema}");
        }
        let stored = learned.to_json();
        prop_assert!(!stored.contains("SECRET") && !stored.contains("770000"), "{}", stored);
        prop_assert_eq!(Learned::from_json(&stored).expect("it was stored"), learned);
    }
}

fn observed(sample: &Value) -> Learned {
    let mut learned = Learned::default();
    learned.observe(sample, 1);
    assert!(learned.to_json().len() < MAX_STORED_BYTES, "{} bytes", learned.to_json().len());
    assert!(fits(&learned.schema(), sample));
    learned
}

#[test]
fn deep_results_are_cut() {
    let deep = (0..100).fold(json!(1), |inner, _| json!({"a": [inner]}));
    let schema = observed(&deep).schema();
    assert_eq!(schema.pointer(&"/properties/a/items".repeat(6)), Some(&json!({})));
}

#[test]
fn wide_results_become_maps() {
    let wide: Map<String, Value> = (0..10_000).map(|n| (format!("name{}", letters(n)), json!(n))).collect();
    assert_eq!(
        observed(&Value::Object(wide)).schema(),
        json!({"type": "object", "additionalProperties": {"type": "number"}})
    );
}

#[test]
fn results_with_many_different_places_lose_the_deepest() {
    let record = |n: usize| -> Map<String, Value> {
        (0..40).map(|m| (format!("p{}", letters(n * 40 + m)), json!({"x": [m]}))).collect()
    };
    let sample: Vec<Value> = (0..60)
        .map(|n| json!({format!("r{}", letters(n)): record(n), "kind": if n % 2 == 0 { json!(n) } else { json!("x") }}))
        .collect();
    observed(&json!({"list": sample}));
}

/// A number without digits.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

#[test]
fn what_is_no_stored_form_is_refused() {
    for text in ["", "{}", "[]", r#"{"version":1,"samples":1,"newest_ms":1,"shape":{}}"#, &"[".repeat(100_000)] {
        assert!(Learned::from_json(text).is_err(), "{:.40}", text);
    }
}

#[test]
fn the_note_says_how_many_and_when() {
    let mut learned = Learned::default();
    learned.observe(&json!(1), 1_785_542_400_000);
    assert_eq!(learned.note(), "learned from 1 result, newest 2026-08-01; others may differ");
    learned.observe(&json!(1), 1_785_542_300_000);
    assert_eq!(learned.note(), "learned from 2 results, newest 2026-08-01; others may differ");
    assert_eq!((learned.samples(), learned.newest_ms()), (2, 1_785_542_400_000));
}
