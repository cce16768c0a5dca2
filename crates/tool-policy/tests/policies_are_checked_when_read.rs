//! A policy that is not one is refused with the place and the reason; what is read is written alike.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tool_policy::{
    Access, MAX_ANNOTATIONS, MAX_NAME_CHARS, MAX_PATTERN_CHARS, MAX_RULES, Policy, PolicyError, Rule, RuleError,
};

fn refused(value: Value) -> String {
    serde_json::from_value::<Policy>(value).expect_err("no policy").to_string()
}

fn rule(rule: Value) -> Value {
    json!({"rules": [{"name": "fine", "access": "allowed"}, rule]})
}

#[test]
fn errors_say_where_and_what() {
    let long_name = "x".repeat(MAX_NAME_CHARS + 1);
    let long_pattern = "x".repeat(MAX_PATTERN_CHARS + 1);
    for (value, parts) in [
        (json!([]), &["expected an object"][..]),
        (json!(["blocked", []]), &["expected an object"]),
        (rule(json!(["x", null, null, "allowed"])), &["/rules/1", "expected an object"]),
        (json!({"annotations": {"x": [true]}}), &["expected an object"]),
        (json!({"defualt": "allowed"}), &["unknown field `defualt`", "`default`"]),
        (json!({"default": "denied"}), &["unknown variant `denied`", "`blockedInCodeMode`"]),
        (json!({"rules": {}}), &["an array of rules"]),
        (rule(json!({"name": "x"})), &["/rules/1", "missing field `access`"]),
        (rule(json!({"access": "allowed"})), &["/rules/1", "exactly one of", "has 0"]),
        (rule(json!({"name": "x", "pattern": "y", "access": "allowed"})), &["/rules/1", "has 2"]),
        (rule(json!({"name": "x", "glob": "y", "access": "allowed"})), &["/rules/1", "unknown field `glob`"]),
        (rule(json!({"class": "dangerous", "access": "allowed"})), &["/rules/1", "`destructive`"]),
        (rule(json!({"name": "", "access": "allowed"})), &["/rules/1", "\"name\" is empty"]),
        (rule(json!({"name": long_name, "access": "allowed"})), &["/rules/1", "257 characters, at most 256"]),
        (rule(json!({"pattern": long_pattern, "access": "allowed"})), &["/rules/1", "128 characters, at most 127"]),
        (json!({"annotations": {"x": {"readonly": true}}}), &["unknown field `readonly`", "`readOnlyHint`"]),
        (json!({"annotations": {"x": {"readOnlyHint": "yes"}}}), &["boolean"]),
        (json!({"annotations": {"": {}}}), &["/annotations", "1 to 256", "has 0"]),
    ] {
        let error = refused(value);
        for part in parts {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }
}

#[test]
fn there_is_a_most_of_everything() {
    let rules = |count| vec![json!({"name": "x", "access": "allowed"}); count];
    assert!(serde_json::from_value::<Policy>(json!({"rules": rules(MAX_RULES)})).is_ok());
    assert!(refused(json!({"rules": rules(MAX_RULES + 1)})).contains("more than 200 rules"));
    let annotations = |count| (0..count).map(|number| (number.to_string(), json!({}))).collect::<Map<_, _>>();
    assert!(serde_json::from_value::<Policy>(json!({"annotations": annotations(MAX_ANNOTATIONS)})).is_ok());
    assert!(refused(json!({"annotations": annotations(MAX_ANNOTATIONS + 1)})).contains("501 tools are annotated"));
}

#[test]
fn the_same_bounds_hold_in_code() {
    let rule = Rule::by_name("x", Access::Blocked).expect("a rule");
    let too_many = Policy::new(Access::Allowed, vec![rule; MAX_RULES + 1], BTreeMap::new());
    assert_eq!(too_many, Err(PolicyError::TooManyRules));
    assert_eq!(Rule::by_pattern("", Access::Blocked), Err(RuleError::Empty { member: "pattern" }));
}

#[test]
fn what_is_read_is_written_alike() {
    let value = json!({
        "default": "blockedInCodeMode",
        "rules": [
            {"name": "a", "access": "allowed"},
            {"pattern": "srv/b?_*", "access": "blocked"},
            {"class": "notOpenWorld", "access": "allowed"}
        ],
        "annotations": {"a": {"idempotentHint": true}, "b": {}}
    });
    let policy: Policy = serde_json::from_value(value.clone()).expect("a policy");
    assert_eq!(serde_json::to_value(&policy).expect("JSON"), value);
    assert_eq!(serde_json::to_value(Policy::default()).expect("JSON"), json!({"default": "allowed"}));
}
