//! Every JSON value comes into a script, and goes out of it, as it was.

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::{gives, program, run, run_program};

use javascript::{Session, Step};

/// Names that mean something to JavaScript.
const NAMES: [&str; 9] = ["__proto__", "constructor", "then", "toJSON", "length", "0", "-1", "1.5", ""];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-d]", 1 => any::<String>(), 2 => prop::sample::select(&NAMES[..]).prop_map(str::to_string)]
}

/// Values, with numbers that a JavaScript number can hold.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53)..=1 << 53).prop_map(Value::from),
        (any::<i16>(), 0_i32..6).prop_map(|(digits, places)| json!(f64::from(digits) / 2_f64.powi(places))),
        any::<String>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The same value with every number as a double, which is what a script has.
fn as_doubles(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64().expect("a number") + 0.0),
        Value::Array(elements) => elements.iter().map(as_doubles).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), as_doubles(value))).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_call_gives_is_what_a_script_returns(value in value()) {
        let mut session = Session::new(program("const got = await tools.up.echo(); return [got]"));
        prop_assert!(matches!(session.resume(Vec::new()), Step::Waiting(_)));
        let Step::Finished(outcome) = session.resume(vec![gives(0, &value.to_string())]) else {
            return Err(TestCaseError::fail("it waits"));
        };
        let text = outcome.result.expect("a result").expect("a value");
        let back: Value = serde_json::from_str(&text).expect("JSON");
        prop_assert_eq!(as_doubles(&back), json!([as_doubles(&value)]));
    }

    #[test]
    fn numbers_come_back_to_the_last_bit(bits in any::<u64>()) {
        // serde_json is a unit in the last place off now and then, so that the text is looked at.
        let number = f64::from_bits(bits);
        prop_assume!(number.is_finite());
        let ran = run_program(program("return tools.up.echo()"), |_| Ok(format!("{number:e}")));
        prop_assert_eq!(ran.text().map(str::parse), Some(Ok(number)));
    }

    #[test]
    fn what_a_script_writes_is_what_is_sent(value in value()) {
        let code = format!("await tools.up.echo(JSON.parse({}))", js_string(&json!({"v": value}).to_string()));
        let ran = run_program(program(&code), support::answer);
        prop_assert_eq!(ran.calls.len(), 1, "{:?}", ran.outcome);
        let sent: Value = serde_json::from_str(&ran.calls[0].arguments).expect("JSON");
        prop_assert_eq!(as_doubles(&sent), json!({"v": as_doubles(&value)}));
    }
}

/// A string as JavaScript source: JSON strings are, since ES2019.
fn js_string(text: &str) -> String {
    Value::from(text).to_string()
}

#[test]
fn a_value_has_no_prototype_of_its_own() {
    let mut session = Session::new(program(
        "const got = await tools.up.echo(); return [Object.keys(got), typeof got.polluted, typeof ({}).polluted]",
    ));
    session.resume(Vec::new());
    let Step::Finished(outcome) = session.resume(vec![gives(0, r#"{"__proto__":{"polluted":1}}"#)]) else {
        panic!("it waits")
    };
    assert_eq!(outcome.result, Ok(Some(r#"[["__proto__"],"undefined","undefined"]"#.to_string())));
}

#[test]
fn values_as_deep_as_the_border_allows_come_in() {
    for (levels, expected) in [(120, Ok(Some("120".to_string()))), (121, Err(javascript::FailureKind::Stack))] {
        let code = "let got = await tools.up.echo(), n = 0; while (got.length) { n++; got = got[0] } return n + 1";
        let deep = "[".repeat(levels) + &"]".repeat(levels);
        let ran = run_program(program(code), |_| Ok(deep.clone()));
        assert_eq!(ran.outcome.result.map_err(|failure| failure.kind), expected, "{levels} levels");
    }
}

#[test]
fn a_settlement_that_is_no_json_rejects_the_call() {
    for text in ["", "nonsense", "{\"a\":}", "[1", "'a'", "NaN"] {
        let ran = run_program(program("return tools.up.echo().then(() => 'fulfilled', (error) => error.name)"), |_| {
            Ok(text.to_string())
        });
        assert_eq!(ran.text(), Some("\"SyntaxError\""), "{text:?}");
    }
    assert_eq!(run("return tools.up.echo({ n: 1 })").value(), json!({"n": 1}));
}
