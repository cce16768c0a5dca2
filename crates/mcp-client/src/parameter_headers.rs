//! Tool arguments that a modern request mirrors in `Mcp-Param-*` headers (MCP 2026-07-28, transports):
//! properties annotated `"x-mcp-header"`, so that proxies can route without reading the body.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue};
use mcp::meta::PARAM_HEADER_PREFIX;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const ANNOTATION: &str = "x-mcp-header";
const ENCODED_PREFIX: &str = "=?base64?";
const ENCODED_SUFFIX: &str = "?=";
/// Schemas nested deeper are not looked into.
const DEEPEST: usize = 64;

/// An argument that is mirrored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirroredParameter {
    /// Property names from the root of the arguments.
    pub path: Vec<String>,
    /// The header's name without its prefix.
    pub header: String,
}

/// The annotated properties of an `inputSchema`, or what is wrong with an annotation: it must name a
/// header token, once, on a string, integer or boolean property reached only through `properties`.
pub(crate) fn mirrored(schema: &Value) -> Result<Vec<MirroredParameter>, String> {
    let mut found = Vec::new();
    let mut path = Vec::new();
    collect(schema, Some(&mut path), &mut found, 0)?;
    for (index, parameter) in found.iter().enumerate() {
        if found[..index].iter().any(|other| other.header.eq_ignore_ascii_case(&parameter.header)) {
            return Err(format!("two properties are annotated {ANNOTATION} \"{}\"", parameter.header));
        }
    }
    Ok(found)
}

/// The headers that mirror these arguments; `null` and absent ones have none.
pub(crate) fn headers(
    parameters: &[MirroredParameter],
    arguments: &Map<String, Value>,
) -> Vec<(HeaderName, HeaderValue)> {
    let header = |parameter: &MirroredParameter| {
        let (first, rest) = parameter.path.split_first()?;
        let value = rest.iter().try_fold(arguments.get(first)?, |value, name| value.get(name))?;
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        let name = format!("{PARAM_HEADER_PREFIX}{}", parameter.header);
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, header_value(&text)))
    };
    parameters.iter().filter_map(header).collect()
}

/// A header value: as it is where that is safe, else `=?base64?…?=`.
pub fn header_value(text: &str) -> HeaderValue {
    let plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && text.trim_matches(' ').len() == text.len()
        && !text.starts_with(ENCODED_PREFIX);
    let encoded = match plain {
        true => text.to_string(),
        false => format!("{ENCODED_PREFIX}{}{ENCODED_SUFFIX}", STANDARD.encode(text)),
    };
    HeaderValue::try_from(encoded).expect("visible ASCII and inner spaces only")
}

/// Walks a schema. `path` is `None` once it was left by something other than `properties`.
fn collect(
    schema: &Value,
    path: Option<&mut Vec<String>>,
    found: &mut Vec<MirroredParameter>,
    depth: usize,
) -> Result<(), String> {
    if depth > DEEPEST {
        return Ok(());
    }
    let fields = match schema {
        Value::Object(fields) => fields,
        Value::Array(items) => return items.iter().try_for_each(|item| collect(item, None, found, depth + 1)),
        _ => return Ok(()),
    };
    let mut path = path;
    if let Some(annotation) = fields.get(ANNOTATION) {
        found.push(read(annotation, fields, path.as_deref())?);
    }
    for (keyword, value) in fields {
        match (keyword.as_str(), &mut path, value) {
            // Values, not schemas.
            ("const" | "enum" | "default" | "examples", _, _) => {}
            ("properties", Some(path), Value::Object(properties)) => {
                for (name, property) in properties {
                    path.push(name.clone());
                    collect(property, Some(path), found, depth + 1)?;
                    path.pop();
                }
            }
            // Names of properties or definitions are no keywords.
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas",
                _,
                Value::Object(named),
            ) => {
                named.values().try_for_each(|schema| collect(schema, None, found, depth + 1))?;
            }
            (_, _, value) => collect(value, None, found, depth + 1)?,
        }
    }
    Ok(())
}

fn read(
    annotation: &Value,
    property: &Map<String, Value>,
    path: Option<&Vec<String>>,
) -> Result<MirroredParameter, String> {
    let Some(path) = path.filter(|path| !path.is_empty()) else {
        return Err(format!("{ANNOTATION} stands where only \"properties\" may lead to it"));
    };
    let name = path.join(".");
    let Some(header) = annotation.as_str().filter(|text| HeaderName::from_bytes(text.as_bytes()).is_ok()) else {
        return Err(format!("{ANNOTATION} of \"{name}\" is no header name"));
    };
    match property.get("type").and_then(Value::as_str) {
        Some("string" | "integer" | "boolean") => {
            Ok(MirroredParameter { path: path.clone(), header: header.to_string() })
        }
        _ => Err(format!("{ANNOTATION} of \"{name}\" needs the type string, integer or boolean")),
    }
}
