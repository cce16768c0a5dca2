use crate::types::Docs;
use serde_json::Value;

/// Keywords that bound a value, with the JSDoc tags that show them.
const BOUNDS: [(&str, &str); 12] = [
    ("minimum", "minimum"),
    ("exclusiveMinimum", "exclusiveMinimum"),
    ("maximum", "maximum"),
    ("exclusiveMaximum", "exclusiveMaximum"),
    ("multipleOf", "multipleOf"),
    ("minLength", "minLength"),
    ("maxLength", "maxLength"),
    ("pattern", "pattern"),
    ("minItems", "minItems"),
    ("maxItems", "maxItems"),
    ("minProperties", "minProperties"),
    ("maxProperties", "maxProperties"),
];

/// Bounds that compilers of schemas write where the source says nothing (`Number.MAX_SAFE_INTEGER`).
const NO_BOUND: u64 = 9_007_199_254_740_991;

/// Described options that are shown.
const MAX_OPTIONS: usize = 20;

/// What a schema says about its value beyond the type.
pub fn docs(schema: &Value) -> Docs {
    let description = schema.get("description").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let mut docs = Docs { description: description.map(str::to_string), tags: Vec::new() };
    if schema.get("deprecated") == Some(&Value::Bool(true)) {
        docs.tags.push(("deprecated", String::new()));
    }
    if schema.get("type").is_some_and(|name| name == "integer") {
        docs.tags.push(("integer", String::new()));
    }
    if let Some(Value::String(format)) = schema.get("format") {
        docs.tags.push(("format", format.clone()));
    }
    if let Some(default) = schema.get("default") {
        docs.tags.push(("default", default.to_string()));
    }
    for (keyword, tag) in BOUNDS {
        match schema.get(keyword) {
            Some(Value::Number(bound)) if bound.as_f64().is_some_and(|bound| bound.abs() >= NO_BOUND as f64) => {}
            Some(Value::Number(bound)) => docs.tags.push((tag, bound.to_string())),
            Some(Value::String(pattern)) if keyword == "pattern" => docs.tags.push((tag, pattern.clone())),
            _ => {}
        }
    }
    if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
        docs.tags.push(("uniqueItems", String::new()));
    }
    docs.tags.extend(described_options(schema).take(MAX_OPTIONS).map(|option| ("option", option)));
    if let Some(Value::Array(examples)) = schema.get("examples") {
        docs.tags.extend(examples.iter().take(3).map(|example| ("example", example.to_string())));
    }
    docs
}

/// `"a": what it means`, for enumerations that are written as alternatives with a constant and a text each.
fn described_options(schema: &Value) -> impl Iterator<Item = String> {
    let alternatives = ["oneOf", "anyOf"].iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    alternatives.filter_map(|alternative| {
        let text = alternative.get("description").or_else(|| alternative.get("title"))?.as_str()?;
        Some(format!("{}: {text}", alternative.get("const")?))
    })
}
