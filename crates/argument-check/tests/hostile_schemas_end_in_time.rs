//! Schemas that are made to cost: each is compiled and checked in bounded time and on a small stack.

use argument_check::Schema;
use serde_json::{Value, json};
use std::{
    thread,
    time::{Duration, Instant},
};

/// In a debug build on a busy machine; a release build takes a hundredth.
const LONGEST: Duration = Duration::from_secs(10);

/// About what a component has.
const STACK_BYTES: usize = 1 << 20;

fn ends(name: &'static str, schema: Value, value: Value) {
    let checked = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let start = Instant::now();
        let problems = Schema::compile(&schema).map(|schema| schema.check(&value));
        assert!(start.elapsed() < LONGEST, "{name}: {:?}", start.elapsed());
        assert!(problems.map_or(true, |problems| problems.to_string().len() < 10_000), "{name}");
        // Values of any depth can be made, but dropping one takes stack for each level.
        std::mem::forget((schema, value));
    });
    checked.expect("a thread").join().expect(name);
}

fn nested(depth: usize, innermost: Value, around: impl Fn(Value) -> Value) -> Value {
    (0..depth).fold(innermost, |inner, _| around(inner))
}

#[test]
fn deep_ones() {
    let value = nested(100_000, json!(1), |inner| Value::Array(vec![inner]));
    ends("deep value", json!({"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}}), value);
    let value = nested(100_000, json!(1), |inner| Value::Array(vec![inner]));
    ends("deep equal values", json!({"uniqueItems": true, "const": [1]}), value);
    let deep = nested(100_000, json!({}), |inner| {
        // The macro would serialise what is inside, level by level.
        Value::Object([("not".to_string(), inner)].into_iter().collect())
    });
    assert!(Schema::compile(&deep).is_err());
    std::mem::forget(deep);
    ends(
        "deep, allowed",
        nested(60, json!({"type": "string"}), |inner| json!({"items": inner})),
        nested(60, json!(1), |inner| json!([inner])),
    );
}

#[test]
fn recursive_ones() {
    let chain: serde_json::Map<String, Value> =
        (0..20_000).map(|n| (format!("d{n}"), json!({"$ref": format!("#/$defs/d{}", n + 1)}))).collect();
    for (name, schema) in [
        ("itself", json!({"$ref": "#"})),
        ("itself twice", json!({"allOf": [{"$ref": "#"}, {"$ref": "#"}]})),
        ("itself, negated", json!({"not": {"$ref": "#"}})),
        (
            "two in a circle",
            json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
        ),
        ("dynamic", json!({"$dynamicAnchor": "a", "$dynamicRef": "#a"})),
        ("a chain", json!({"$ref": "#/$defs/d0", "$defs": chain})),
        ("for each name", json!({"propertyNames": {"$ref": "#"}})),
    ] {
        ends(name, schema, json!({"a": [1]}));
    }
}

#[test]
fn exponential_ones() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let definitions: serde_json::Map<String, Value> = (0..60)
            .map(|n| {
                let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
                (format!("d{n}"), json!({keyword: [next, next, next]}))
            })
            .chain([("d60".to_string(), json!({"type": "null"}))])
            .collect();
        ends("a doubling nest", json!({"$ref": "#/$defs/d0", "$defs": definitions}), json!({"a": 1}));
    }
    let forks = json!({"items": {"anyOf": [{"$ref": "#"}, {"$ref": "#", "minItems": 2}]}, "type": "array"});
    ends("a fork at each level", forks, nested(100, json!(1), |inner| json!([inner])));
    let unevaluated = nested(
        40,
        json!({"anyOf": [{"properties": {"a": {}}}]}),
        |inner| json!({"anyOf": [inner, inner.get("not").unwrap_or(&json!(true))], "unevaluatedProperties": false}),
    );
    ends(
        "unevaluated at each level",
        unevaluated,
        (0..10_000).map(|n| (n.to_string(), json!(n))).collect::<serde_json::Map<_, _>>().into(),
    );
}

#[test]
fn wide_ones() {
    let many: Vec<Value> = (0..50_000).map(|n| json!(format!("value {n}"))).collect();
    ends("a large enum for many items", json!({"items": {"enum": many}}), json!(vec!["value 49999"; 10_000]));
    ends("many equal items", json!({"uniqueItems": true}), json!((0..200_000).collect::<Vec<_>>()));
    let branches: Vec<Value> = (0..10_000).map(|n| json!({"required": [format!("p{n}")]})).collect();
    ends("many branches", json!({"additionalProperties": {"anyOf": branches}}), json!({"a": {}, "b": {}, "c": {}}));
    let long = "x".repeat(1_000_000);
    let names: serde_json::Map<String, Value> = (0..20_000).map(|n| (format!("p{n}"), json!({}))).collect();
    ends("many names", json!({"properties": names, "additionalProperties": false}), json!({"q1": 1, long.as_str(): 2}));
    let folder = format!("http://a/{}", "b/".repeat(50_000));
    let ids: Vec<Value> = (0..10_000).map(|n| json!({"$id": format!("{n}")})).collect();
    ends("a long base for many", json!({"$id": folder, "allOf": ids}), json!(1));
    let anchors: serde_json::Map<String, Value> =
        (0..5_000).map(|n| (n.to_string(), json!({"$id": n.to_string(), "$dynamicAnchor": "a"}))).collect();
    let refs = vec![json!({"$dynamicRef": "#a"}); 5_000];
    ends(
        "many anchors",
        json!({"$dynamicAnchor": "a", "$defs": anchors, "properties": {"a": {"allOf": refs}}}),
        json!({"a": 1}),
    );
}

#[test]
fn patterns() {
    let text = format!("{}b", "a".repeat(200_000));
    for pattern in [
        "^(a+)+$",
        "^(a|a)*$",
        "^(a|aa)+$",
        "(a*)*(a*)*(a*)*c",
        "(.*){50}x",
        "^(((a{30}){30}){30})+$",
        "(a?){1000}a{1000}",
    ] {
        ends(pattern, json!({"pattern": pattern}), json!(text));
    }
    ends("nested groups", json!({"pattern": "(".repeat(2_000) + &")".repeat(2_000)}), json!("a"));
    ends("empty groups", json!({"pattern": "(((((){1000}){1000}){1000}){1000}){1000}"}), json!("a"));
    let many: serde_json::Map<String, Value> =
        (0..20_000).map(|n| (format!("^(x{{{n}}})+(y{{99}})$"), json!(true))).collect();
    ends("many patterns", json!({"patternProperties": many}), json!({"xy": 1}));
    let names: serde_json::Map<String, Value> =
        (0..2_000).map(|n| (format!("{n}{}", "x".repeat(500)), json!(1))).collect();
    ends(
        "a pattern for many names",
        json!({"patternProperties": {"(x+)+y": true}, "additionalProperties": false}),
        names.into(),
    );
}
