use super::Converter;
use crate::types::{Element, Type};
use serde_json::{Map, Value};

/// Keywords that speak of arrays, where `type` is missing.
pub(super) const KEYWORDS: [&str; 2] = ["items", "prefixItems"];

/// Elements of a tuple that have a place of their own; the others share `...unknown[]`.
const MAX_ELEMENTS: usize = 32;

impl<'a> Converter<'a> {
    pub(super) fn array(&mut self, schema: &'a Map<String, Value>, level: usize) -> Type {
        let items = schema.get("items");
        let (prefix, rest) = match (schema.get("prefixItems"), items) {
            (Some(Value::Array(prefix)), rest) => (prefix.as_slice(), rest),
            // Draft-07: a tuple is an array of schemas in `items`, its rest is `additionalItems`.
            (_, Some(Value::Array(prefix))) => (prefix.as_slice(), schema.get("additionalItems")),
            _ => (&[] as &[Value], items),
        };
        if prefix.is_empty() {
            return match rest.map(|rest| self.convert(rest, level + 1)) {
                Some(Type::Never) => Type::Tuple(Vec::new(), None),
                item => Type::Array(Box::new(item.unwrap_or(Type::Unknown))),
            };
        }
        let count = |keyword| schema.get(keyword).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
        let needed = count("minItems").unwrap_or(0);
        let most = count("maxItems").unwrap_or(usize::MAX);
        let elements = prefix
            .iter()
            .take(MAX_ELEMENTS.min(most))
            .enumerate()
            .map(|(at, schema)| Element { of: self.convert(schema, level + 1), optional: at >= needed })
            .collect();
        if most <= prefix.len().min(MAX_ELEMENTS) {
            return Type::Tuple(elements, None);
        }
        if prefix.len() > MAX_ELEMENTS {
            return Type::Tuple(elements, Some(Box::new(Type::Cut)));
        }
        let rest = match rest.map(|rest| self.convert(rest, level + 1)) {
            Some(Type::Never) => None,
            rest => Some(Box::new(rest.unwrap_or(Type::Unknown))),
        };
        Type::Tuple(elements, rest)
    }
}
