use super::{Converter, docs};
use crate::types::{Object, Property, Type, union};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Keywords that speak of objects, where `type` is missing.
pub(super) const KEYWORDS: [&str; 4] = ["properties", "required", "additionalProperties", "patternProperties"];

/// A property with a longer name is left out.
const MAX_NAME_BYTES: usize = 200;

/// Up to this many different property types are named in an index signature; it is `unknown` beyond.
const MAX_INDEX_MEMBERS: usize = 3;

impl<'a> Converter<'a> {
    pub(super) fn object(&mut self, schema: &'a Map<String, Value>, level: usize) -> Type {
        let mut object = Object::default();
        let empty = Map::new();
        let declared = schema.get("properties").and_then(Value::as_object);
        let required = required(schema);
        for (name, property) in declared.into_iter().flatten() {
            if object.properties.len() >= self.limits.properties || name.len() > MAX_NAME_BYTES {
                object.omitted += 1;
                continue;
            }
            object.properties.push(Property {
                name: name.clone(),
                optional: !required.contains(name.as_str()),
                of: self.convert(property, level + 1),
                docs: docs(property),
            });
        }
        for name in undeclared(schema, declared.unwrap_or(&empty)) {
            if object.properties.len() >= self.limits.properties || name.len() > MAX_NAME_BYTES {
                object.omitted += 1;
                continue;
            }
            let of = self.other(schema, level).unwrap_or(Type::Unknown);
            object.properties.push(Property { name: name.to_string(), optional: false, of, docs: Default::default() });
        }
        if let Some(names) = allowed_names(schema) {
            let of = self.other(schema, level).unwrap_or(Type::Unknown);
            for name in names {
                if object.properties.iter().all(|property| property.name != name)
                    && object.properties.len() < self.limits.properties
                {
                    let optional = true;
                    let docs = Default::default();
                    object.properties.push(Property { name: name.to_string(), optional, of: of.clone(), docs });
                }
            }
            return Type::Object(object);
        }
        object.index = match self.other(schema, level) {
            Some(Type::Never) => None,
            Some(other) => Some(Box::new(beside(&object.properties, other))),
            None if object.properties.is_empty() && object.omitted == 0 => Some(Box::new(Type::Unknown)),
            None => None,
        };
        if object.properties.is_empty() && object.omitted == 0 && object.index.is_none() && closed(schema) {
            object.index = Some(Box::new(Type::Never));
        }
        Type::Object(object)
    }

    /// The type of properties that are not declared; `None` when nothing is said about them, `never` when
    /// there may be none.
    fn other(&mut self, schema: &'a Map<String, Value>, level: usize) -> Option<Type> {
        let patterns = schema.get("patternProperties").and_then(Value::as_object).filter(|map| !map.is_empty());
        let additional = schema.get("additionalProperties").or_else(|| schema.get("unevaluatedProperties"));
        let mut members: Vec<Type> = patterns
            .into_iter()
            .flat_map(Map::values)
            .take(self.limits.properties)
            .map(|schema| self.convert(schema, level + 1))
            .collect();
        match additional {
            Some(schema) => members.push(self.convert(schema, level + 1)),
            None if members.is_empty() => return None,
            None => {}
        }
        Some(union(members))
    }
}

/// The type of an index signature that stands beside properties: TypeScript wants every property to fit it.
fn beside(properties: &[Property], other: Type) -> Type {
    let undefined = Type::Keyword("undefined");
    let optional = properties.iter().any(|property| property.optional).then_some(undefined);
    let all = properties.iter().map(|property| property.of.clone());
    if properties.is_empty() {
        return other;
    }
    match union(std::iter::once(other).chain(all).chain(optional)) {
        Type::Union(members) if members.len() > MAX_INDEX_MEMBERS => Type::Unknown,
        Type::Cut => Type::Unknown,
        index => index,
    }
}

fn required(schema: &Map<String, Value>) -> HashSet<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Names that are required and not declared, in order, each once.
fn undeclared<'a>(schema: &'a Map<String, Value>, declared: &Map<String, Value>) -> Vec<&'a str> {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut seen = HashSet::new();
    required.filter(|name| !declared.contains_key(*name) && seen.insert(*name)).collect()
}

/// The names that `propertyNames` lists.
fn allowed_names(schema: &Map<String, Value>) -> Option<Vec<&str>> {
    let names = schema.get("propertyNames")?;
    let listed = match (names.get("enum"), names.get("const")) {
        (Some(Value::Array(names)), _) => names.iter().filter_map(Value::as_str).collect(),
        (_, Some(Value::String(name))) => vec![name.as_str()],
        _ => return None,
    };
    Some(listed)
}

fn closed(schema: &Map<String, Value>) -> bool {
    schema.get("additionalProperties") == Some(&Value::Bool(false))
        || schema.get("unevaluatedProperties") == Some(&Value::Bool(false))
}
