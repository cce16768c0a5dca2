//! Shapes as JSON Schema.

use crate::shape::{Object, Shape};
use serde_json::{Map, Value, json};

/// The JSON Schema that everything seen so far fits.
pub(crate) fn schema(shape: &Shape) -> Value {
    let kinds = [
        ("boolean", shape.boolean),
        ("number", shape.number),
        ("string", shape.string),
        ("array", shape.array.is_some()),
        ("object", shape.object.is_some()),
        ("null", shape.null),
    ];
    let kinds: Vec<&str> = kinds.iter().filter(|(_, seen)| *seen).map(|(kind, _)| *kind).collect();
    if shape.any || kinds.is_empty() {
        return json!({});
    }
    let mut schema = Map::new();
    schema.insert("type".to_string(), if let [kind] = kinds.as_slice() { json!(kind) } else { json!(kinds) });
    if let Some(elements) = &shape.array {
        schema.insert("items".to_string(), self::schema(elements));
    }
    if let Some(object) = &shape.object {
        add_object(object, &mut schema);
    }
    Value::Object(schema)
}

fn add_object(object: &Object, schema: &mut Map<String, Value>) {
    if !object.properties.is_empty() {
        let properties = object.properties.iter().map(|(name, property)| (name.clone(), self::schema(&property.shape)));
        schema.insert("properties".to_string(), Value::Object(properties.collect()));
    }
    // What was always there is taken to be always there.
    let always = object.properties.iter().filter(|(_, property)| property.seen >= object.count);
    let required: Vec<&str> = always.map(|(name, _)| name.as_str()).collect();
    if !required.is_empty() {
        schema.insert("required".to_string(), json!(required));
    }
    if let Some(entries) = &object.entries {
        schema.insert("additionalProperties".to_string(), self::schema(entries));
    }
}
