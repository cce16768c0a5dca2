use super::Converter;
use crate::literal;
use crate::types::{Element, Object, Property, Type, union};
use serde_json::{Map, Value};

/// Longer strings are not shown as literals.
const MAX_LITERAL_BYTES: usize = 256;

/// Levels of arrays and objects inside a literal.
const MAX_LITERAL_NESTING: usize = 4;

impl Converter<'_> {
    /// The type of `const` or `enum`, if there is one.
    pub(super) fn enumeration(&mut self, schema: &Map<String, Value>) -> Option<Type> {
        let values = match (schema.get("const"), schema.get("enum")) {
            (Some(value), _) => std::slice::from_ref(value),
            (None, Some(Value::Array(values))) => values.as_slice(),
            _ => return None,
        };
        let fitting: Vec<&Value> = values.iter().filter(|value| fits(value, schema.get("type"))).collect();
        let shown = fitting.len() <= self.limits.literals;
        let nesting = if shown { MAX_LITERAL_NESTING } else { 0 };
        let members: Vec<Type> = fitting.iter().map(|value| self.of_value(value, nesting)).collect();
        Some(union(members))
    }

    /// The literal type of a value, or with no nesting left the type that it belongs to.
    fn of_value(&mut self, value: &Value, nesting: usize) -> Type {
        if nesting > 0 && !self.spend(1) {
            return Type::Cut;
        }
        match value {
            Value::Null => Type::Keyword("null"),
            Value::Bool(_) if nesting == 0 => Type::Keyword("boolean"),
            Value::Bool(value) => Type::Literal(value.to_string()),
            Value::Number(_) if nesting == 0 => Type::Keyword("number"),
            Value::Number(value) => Type::Literal(value.to_string()),
            Value::String(value) if nesting == 0 || value.len() > MAX_LITERAL_BYTES => Type::Keyword("string"),
            Value::String(value) => Type::Literal(literal::string(value)),
            Value::Array(_) if nesting == 0 => Type::Array(Box::new(Type::Unknown)),
            Value::Array(items) => {
                let elements =
                    items.iter().map(|item| Element { of: self.of_value(item, nesting - 1), optional: false });
                Type::Tuple(elements.collect(), None)
            }
            Value::Object(_) if nesting == 0 => Type::record(Type::Unknown),
            Value::Object(members) => Type::Object(Object {
                properties: members
                    .iter()
                    .map(|(name, value)| Property {
                        name: name.clone(),
                        optional: false,
                        of: self.of_value(value, nesting - 1),
                        docs: Default::default(),
                    })
                    .collect(),
                ..Object::default()
            }),
        }
    }
}

/// Whether a value has the type, or one of the types, that the schema names beside it.
fn fits(value: &Value, types: Option<&Value>) -> bool {
    match types {
        Some(Value::String(name)) => has_type(value, name),
        Some(Value::Array(names)) => names.iter().any(|name| name.as_str().is_none_or(|name| has_type(value, name))),
        _ => true,
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "number" | "integer" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}
