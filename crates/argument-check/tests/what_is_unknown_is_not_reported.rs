//! What cannot be checked rejects nothing, in whatever context it stands.

use argument_check::{Schema, Unusable};
use serde_json::{Value, json};

fn fits(schema: &Value, value: &Value) -> bool {
    Schema::compile(schema).expect("a schema").check(value).is_empty()
}

#[test]
fn in_any_context() {
    for (unknown, value) in [
        (json!({"pattern": "(?=x)"}), json!("y")),
        (json!({"$ref": "https://example.com/schema"}), json!({"a": 1})),
        (json!({"$ref": "#/$defs/missing"}), json!("y")),
        (json!({"$ref": "#missing"}), json!({"a": 1})),
        (json!({"$ref": "#/$defs/itself"}), json!({"a": 1})),
        (json!({"patternProperties": {"\\p{L}": false}}), json!({"a": 1})),
        (json!({"patternProperties": {"\\p{L}": true}, "additionalProperties": false}), json!({"a": 1})),
    ] {
        for context in [
            json!({"not": unknown}),
            json!({"not": {"not": unknown}}),
            json!({"oneOf": [unknown, {"type": ["string", "object"]}]}),
            json!({"oneOf": [unknown, false]}),
            json!({"anyOf": [unknown, {"type": "null"}]}),
            json!({"if": unknown, "then": false}),
            json!({"if": unknown, "else": false}),
            json!({"allOf": [unknown], "unevaluatedProperties": false}),
            json!({"anyOf": [unknown, true], "unevaluatedProperties": false}),
        ] {
            let mut schema = context;
            schema["$defs"] = json!({"itself": {"$ref": "#/$defs/itself"}});
            assert!(fits(&schema, &value), "{schema} {value}");
        }
        for context in [json!({"contains": unknown}), json!({"contains": unknown, "maxContains": 0})] {
            let mut schema = context;
            schema["$defs"] = json!({"itself": {"$ref": "#/$defs/itself"}});
            assert!(fits(&schema, &json!([value])), "{schema} {value}");
        }
    }
}

#[test]
fn but_what_is_known_beside_it_is() {
    let schema = json!({"properties": {"a": {"pattern": "(?=x)"}, "b": {"type": "string"}}, "required": ["c"]});
    let problems = Schema::compile(&schema).expect("a schema").check(&json!({"a": "y", "b": 1}));
    assert_eq!(problems.to_string(), "args: \"c\" is missing; args.b: expected a string, got 1");
}

#[test]
fn annotations_are_not_checked() {
    assert!(fits(&json!({"format": "email", "contentMediaType": "application/json"}), &json!("{")));
}

#[test]
fn nullable_leaves_null_to_the_server() {
    let schema = json!({"type": "string", "nullable": true});
    assert!(fits(&schema, &json!(null)));
    assert!(!fits(&schema, &json!(1)));
}

#[test]
fn what_is_no_schema_is_unusable() {
    for (schema, expected) in [
        (json!(7), Unusable::NoSchema),
        (json!({"properties": {"a": "string"}}), Unusable::NoSchema),
        (json!({"$schema": "https://example.com/my-dialect"}), Unusable::Dialect),
    ] {
        assert_eq!(Schema::compile(&schema).err(), Some(expected), "{schema}");
    }
    for (schema, message) in [
        (json!({"type": 7}), "\"type\" must be the name of a type"),
        (json!({"type": "any"}), "\"type\" must be the name of a type"),
        (json!({"enum": "a"}), "\"enum\" must be a list of values"),
        (json!({"properties": []}), "\"properties\" must be an object of schemas"),
        (json!({"properties": {"a": {"required": true}}}), "\"required\" must be a list of names"),
        (json!({"minLength": -1}), "\"minLength\" must be a count"),
        (json!({"minimum": "1"}), "\"minimum\" must be a number"),
        (json!({"multipleOf": 0}), "\"multipleOf\" must be a number above 0"),
        (json!({"anyOf": []}), "\"anyOf\" must be a list of schemas"),
        (json!({"pattern": 1}), "\"pattern\" must be a string"),
        (json!({"$ref": 1}), "\"$ref\" must be a string"),
    ] {
        let unusable = Schema::compile(&schema).err().expect("unusable");
        assert_eq!(unusable.to_string(), message, "{schema}");
    }
}

#[test]
fn what_nothing_refers_to_is_not_looked_at() {
    assert!(Schema::compile(&json!({"$defs": {"a": {"type": 7}}, "examples": [{"type": 7}]})).is_ok());
}
