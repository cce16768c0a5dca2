//! MCP's annotation hints with MCP's defaults, the operator's word above the server's.

use proptest::prelude::*;
use serde_json::{Value, json};
use tool_policy::{Access, Policy};

const CLASSES: [&str; 8] = [
    "readOnly",
    "notReadOnly",
    "destructive",
    "notDestructive",
    "idempotent",
    "notIdempotent",
    "openWorld",
    "notOpenWorld",
];

/// The classes of the tool `t`, for an operator's and a server's word about it.
fn classes(operator: &Value, server: Option<&Value>) -> Vec<&'static str> {
    let is = |class: &&str| {
        let rules = json!([{"class": class, "access": "blocked"}]);
        let policy: Policy =
            serde_json::from_value(json!({"rules": rules, "annotations": {"t": operator}})).expect("a policy");
        policy.access("t", server) == Access::Blocked
    };
    CLASSES.into_iter().filter(is).collect()
}

#[test]
fn a_tool_of_which_nothing_is_said_has_the_defaults_of_mcp() {
    let defaults = ["notReadOnly", "destructive", "notIdempotent", "openWorld"];
    assert_eq!(classes(&json!({}), None), defaults);
    assert_eq!(classes(&json!({}), Some(&json!({}))), defaults);
}

#[test]
fn the_servers_hints_count() {
    let classes_of = |server: Value| classes(&json!({}), Some(&server));
    assert_eq!(
        classes_of(json!({"readOnlyHint": true, "destructiveHint": true, "openWorldHint": false})),
        ["readOnly", "notDestructive", "idempotent", "notOpenWorld"]
    );
    assert_eq!(
        classes_of(json!({"destructiveHint": false, "idempotentHint": true})),
        ["notReadOnly", "notDestructive", "idempotent", "openWorld"]
    );
}

#[test]
fn hints_that_are_no_booleans_count_as_not_said() {
    let unsaid = classes(&json!({}), None);
    let odd = [json!("true"), json!(1), json!(null), json!([true]), json!({"readOnlyHint": true})];
    for odd in odd {
        let server = json!({"readOnlyHint": odd, "idempotentHint": odd, "openWorldHint": odd, "destructiveHint": odd});
        assert_eq!(classes(&json!({}), Some(&server)), unsaid, "{server}");
    }
    for whole in [json!(null), json!("readOnlyHint"), json!(["readOnlyHint"]), json!([{"readOnlyHint": true}])] {
        assert_eq!(classes(&json!({}), Some(&whole)), unsaid, "{whole}");
    }
}

#[test]
fn the_operators_word_stands_above_the_servers() {
    let flatters = json!({"readOnlyHint": true, "openWorldHint": false});
    let word = json!({"readOnlyHint": false, "openWorldHint": true});
    assert_eq!(classes(&word, Some(&flatters)), classes(&json!({}), None));
    let word = json!({"readOnlyHint": true});
    let warns = json!({"readOnlyHint": false, "destructiveHint": true});
    assert_eq!(classes(&word, Some(&warns)), ["readOnly", "notDestructive", "idempotent", "openWorld"]);
}

#[test]
fn a_tool_that_the_operator_calls_destructive_is_not_read_only() {
    let word = json!({"destructiveHint": true});
    let flatters = json!({"readOnlyHint": true});
    assert_eq!(classes(&word, Some(&flatters)), ["notReadOnly", "destructive", "notIdempotent", "openWorld"]);
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), any::<String>().prop_map(Value::from)];
    let name = prop_oneof!["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint", any::<String>()];
    leaf.prop_recursive(3, 20, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_server_says_a_tool_is_of_one_class_of_each_pair(server in anything()) {
        let classes = classes(&json!({}), Some(&server));
        prop_assert_eq!(classes.len(), 4);
        for pair in CLASSES.chunks(2) {
            prop_assert_ne!(classes.contains(&pair[0]), classes.contains(&pair[1]));
        }
    }

    #[test]
    fn access_is_decided_for_any_name(
        name in any::<String>(),
        alias in any::<String>(),
        pattern in any::<String>().prop_filter("a pattern", |text| (1..=127).contains(&text.chars().count())),
        server in anything(),
    ) {
        let policy: Policy = serde_json::from_value(json!({
            "default": "allowed",
            "rules": [{"pattern": pattern, "access": "blocked"}, {"pattern": "*", "access": "blockedInCodeMode"}],
        })).expect("a policy");
        prop_assert_ne!(policy.access(&name, Some(&server)), Access::Allowed);
        prop_assert_ne!(policy.access_on(&alias, &name, Some(&server)), Access::Allowed);
    }
}
