//! Whether clients can compile an `outputSchema`. Some compile those of all tools as soon as they are listed, and have
//! no tool at all where one cannot be compiled.

use argument_check::Schema;
use serde_json::{Map, Value};

/// Whether a schema is one that every validator compiles: all keywords have values that JSON Schema allows, references
/// stay within the document, and nothing depends on the validator (names of documents, the dialect of a pattern).
pub fn compiles_everywhere(schema: &Value) -> bool {
    Schema::compile(schema).is_ok() && is_portable(schema, schema)
}

fn is_portable(schema: &Value, root: &Value) -> bool {
    match schema {
        Value::Array(schemas) => schemas.iter().all(|schema| is_portable(schema, root)),
        Value::Object(keywords) => keywords.iter().all(|(keyword, value)| match (keyword.as_str(), value) {
            // Values, not schemas.
            ("const" | "enum" | "default" | "examples", _) => true,
            ("$ref", value) => value.as_str().and_then(|reference| target(reference, root)).is_some(),
            ("$id" | "id" | "$anchor" | "$recursiveRef" | "$dynamicRef" | "pattern" | "patternProperties", _) => false,
            ("format", value) => value.is_string(),
            // Booleans in draft-04.
            ("exclusiveMinimum" | "exclusiveMaximum", value) => value.is_number(),
            ("nullable", _) => keywords.contains_key("type"),
            // Names of properties or definitions are no keywords.
            ("properties" | "$defs" | "definitions" | "dependentSchemas" | "dependencies", Value::Object(named)) => {
                are_portable(named, root)
            }
            (_, value) => is_portable(value, root),
        }),
        _ => true,
    }
}

fn are_portable(schemas: &Map<String, Value>, root: &Value) -> bool {
    schemas.values().all(|schema| is_portable(schema, root))
}

/// The schema that a reference within the document leads to.
fn target<'a>(reference: &str, root: &'a Value) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?).filter(|schema| schema.is_object() || schema.is_boolean())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sound_schemas_compile_everywhere() {
        for schema in [
            json!({"type": "object"}),
            json!(true),
            json!({"$defs": {"X": {"type": "string"}}, "properties": {"y": {"$ref": "#/$defs/X"}, "z": {"$ref": "#"}}}),
            json!({"properties": {"id": {"type": "integer"}, "pattern": true, "$ref": {"type": ["string", "null"]}}}),
            json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [{}], "default": {"id": 1}}),
            json!({"properties": {"y": {"type": "string", "format": "of nobody", "nullable": true}}}),
        ] {
            assert!(compiles_everywhere(&schema), "{schema}");
        }
    }

    #[test]
    fn what_a_validator_may_refuse_does_not() {
        for part in [
            json!({"$ref": "#/components/schemas/X"}),
            json!({"$ref": "https://example.test/schema"}),
            json!({"$ref": 1}),
            json!({"$anchor": "here"}),
            json!({"$id": "x"}),
            json!({"id": "x"}),
            json!({"type": "frob"}),
            json!({"type": null}),
            json!({"type": ["string", null]}),
            json!({"pattern": "(?P<year>x)"}),
            json!({"patternProperties": {"(": {}}}),
            json!({"minimum": "3"}),
            json!({"exclusiveMinimum": true}),
            json!({"enum": []}),
            json!({"enum": 3}),
            json!({"anyOf": {}}),
            json!({"items": 3}),
            json!({"properties": {"a": null}}),
            json!({"required": "a"}),
            json!({"required": true}),
            json!({"additionalProperties": 3}),
            json!({"nullable": true}),
            json!({"format": 1}),
        ] {
            let schema = json!({"type": "object", "properties": {"y": {"items": part}}});
            assert!(!compiles_everywhere(&schema), "{schema}");
        }
    }
}
