//! Each problem names the place, what was expected there and what came.

use argument_check::Schema;
use serde_json::{Value, json};

fn told(schema: &Value, arguments: &Value) -> String {
    Schema::compile(schema).expect("a schema").check(arguments).to_string()
}

#[test]
fn of_one_keyword() {
    for (schema, value, expected) in [
        (json!({"type": "string"}), json!(7), "expected a string, got 7"),
        (json!({"type": ["string", "null"]}), json!([1]), "expected a string or null, got an array [1]"),
        (
            json!({"type": ["integer", "boolean", "array"]}),
            json!(1.5),
            "expected an integer, a boolean or an array, got 1.5",
        ),
        (json!({"type": "number"}), json!({"a": 1}), "expected a number, got an object {\"a\":1}"),
        (json!({"type": "string", "minLength": 5}), json!(7), "expected a string, got 7"),
        (
            json!({"enum": ["fast", "slow"]}),
            json!("fats"),
            "expected one of \"fast\", \"slow\", got \"fats\" — did you mean \"fast\"?",
        ),
        (json!({"type": "string", "enum": ["fast", "slow"]}), json!(1), "expected one of \"fast\", \"slow\", got 1"),
        (json!({"const": null}), json!(1), "expected null, got 1"),
        (json!({"multipleOf": 0.01}), json!(0.005), "expected a multiple of 0.01, got 0.005"),
        (json!({"minimum": 1}), json!(0), "expected at least 1, got 0"),
        (json!({"exclusiveMinimum": 1}), json!(1), "expected more than 1, got 1"),
        (json!({"minimum": 1, "exclusiveMinimum": true}), json!(1), "expected more than 1, got 1"),
        (json!({"maximum": 9}), json!(9.5), "expected at most 9, got 9.5"),
        (json!({"exclusiveMaximum": 9}), json!(9), "expected less than 9, got 9"),
        (json!({"minLength": 1}), json!(""), "expected at least 1 character, got 0"),
        (json!({"maxLength": 2}), json!("äöü"), "expected at most 2 characters, got 3"),
        (json!({"pattern": "^a+$"}), json!("b"), "expected text that matches /^a+$/, got \"b\""),
        (json!({"minItems": 2}), json!([1]), "expected at least 2 items, got 1"),
        (json!({"prefixItems": [{}], "items": false}), json!([1, 2]), "expected at most 1 item, got 2"),
        (json!({"items": [{}, {}], "additionalItems": false}), json!([1, 2, 3]), "expected at most 2 items, got 3"),
        (json!({"uniqueItems": true}), json!([1, 2, 1]), "expected no equal items, got [0] and [2] equal"),
        (json!({"contains": {"const": 1}}), json!([2]), "expected at least 1 item as described by \"contains\", got 0"),
        (
            json!({"contains": {}, "maxContains": 1}),
            json!([2, 3]),
            "expected at most 1 item as described by \"contains\", got 2",
        ),
        (json!({"minProperties": 1}), json!({}), "expected at least 1 property, got 0"),
        (json!({"required": ["path"]}), json!({}), "\"path\" is missing"),
        (json!({"dependentRequired": {"a": ["b"]}}), json!({"a": 1}), "\"b\" is missing, since \"a\" is given"),
        (json!({"dependencies": {"a": ["b"]}}), json!({"a": 1}), "\"b\" is missing, since \"a\" is given"),
        (
            json!({"additionalProperties": false, "properties": {"path": {}}}),
            json!({"pth": 1}),
            "\"pth\" is not a property — did you mean \"path\"?",
        ),
        (json!({"additionalProperties": false}), json!({"a": 1}), "\"a\" is not a property"),
        (json!({"unevaluatedProperties": false}), json!({"a": 1}), "\"a\" is not a property"),
        (json!({"not": {"type": "null"}}), json!(null), "expected what \"not\" does not describe, got null"),
        (json!({"oneOf": [{}, {"minimum": 3}]}), json!(4), "fits both form 1 and form 2 of \"oneOf\", got 4"),
        (json!(false), json!(4), "nothing is allowed here, got 4"),
    ] {
        assert_eq!(told(&schema, &value), format!("args: {expected}"), "{schema}");
    }
}

#[test]
fn of_places_within() {
    let schema = json!({
        "properties": {
            "items": {"items": {"properties": {"name": {"type": "string"}}}},
            "n n": {"type": "null"},
        },
        "propertyNames": {"maxLength": 8},
    });
    assert_eq!(told(&schema, &json!({"items": [{}, {"name": 1}]})), "args.items[1].name: expected a string, got 1");
    assert_eq!(told(&schema, &json!({"n n": 1})), "args[\"n n\"]: expected null, got 1");
    assert_eq!(
        told(&schema, &json!({"long_name": 1})),
        "args, property name \"long_name\": expected at most 8 characters, got 9"
    );
}

#[test]
fn of_several_forms() {
    let point = json!({"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]});
    let shape = |kind: &str, property: &str| json!({"type": "object", "properties": {"kind": {"const": kind}, property: {"type": "number"}}, "required": ["kind", property]});
    let shapes = json!({"oneOf": [shape("circle", "radius"), shape("square", "width")]});
    let plain = json!({"anyOf": [
        {"type": "object", "required": ["a", "b"]}, {"type": "object", "required": ["c"]}, {"type": "string"},
    ]});
    for (schema, value, expected) in [
        // What all forms expect is one sentence.
        (json!({"anyOf": [{"type": "string"}, {"type": "null"}]}), json!(1), "args: expected a string or null, got 1"),
        (
            json!({"anyOf": [{"const": "auto"}, {"type": "integer"}]}),
            json!("aut"),
            "args: expected an integer or \"auto\", got \"aut\"",
        ),
        (
            shapes.clone(),
            json!({"kind": "circel"}),
            "args.kind: expected one of \"circle\", \"square\", got \"circel\" — did you mean \"circle\"?",
        ),
        // The only form that can be meant speaks for itself.
        (json!({"anyOf": [point, {"type": "null"}]}), json!({"x": "1"}), "args.x: expected a number, got \"1\""),
        (shapes, json!({"kind": "square", "width": "1"}), "args.width: expected a number, got \"1\""),
        // Else the closest one is named.
        (plain, json!({}), "args: fits none of 3 forms; closest is form 2: args: \"c\" is missing"),
    ] {
        assert_eq!(told(&schema, &value), expected, "{schema}");
    }
}

#[test]
fn a_few_problems_and_whether_there_are_more() {
    let schema = Schema::compile(&json!({"additionalProperties": {"type": "string"}})).expect("a schema");
    let values =
        |count: usize| (0..count).map(|n| (format!("p{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
    for (count, shown, more) in [(5, 5, false), (6, 5, true), (1_000, 5, true)] {
        let problems = schema.check(&values(count));
        assert_eq!((problems.first.len(), problems.more), (shown, more), "{count}");
    }
}

#[test]
fn what_several_schemas_demand_is_told_once() {
    let twice = json!({"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}], "$defs": {"a": {"required": ["b"]}}});
    assert_eq!(told(&twice, &json!({})), "args: \"b\" is missing");
}

#[test]
fn a_message_stays_short_whatever_comes() {
    let long = "x".repeat(100_000);
    let schema = json!({
        "anyOf": [{"enum": (0..1_000).map(|n| format!("{n}{long}")).take(20).collect::<Vec<_>>()}, {"pattern": "^y", "type": "string"}],
        "required": [long],
        "additionalProperties": false,
    });
    for value in [json!(long), json!({long.as_str(): long}), json!([long, long])] {
        let told = told(&schema, &value);
        assert!(!told.is_empty() && told.len() < 4_000, "{}", told.len());
    }
}
