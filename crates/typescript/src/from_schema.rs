//! Types from JSON Schema (2020-12, with the forms of draft-07 and OpenAPI that servers still send).
//!
//! Keywords that say nothing about the shape (`not`, `if`, `dependentRequired`, …) are left out: the type
//! then allows more than the schema, never less.

mod anchors;
mod array;
mod docs;
mod enumeration;
mod object;
mod references;

use crate::cycles;
use crate::inline;
use crate::types::{Type, Types, intersection, union};
use references::References;
use serde_json::{Map, Value};

use docs::docs;

/// How large a type may become.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Types and literals in one schema.
    pub nodes: usize,
    /// Properties of one object.
    pub properties: usize,
    /// Literals of one enumeration; a longer one becomes its base type.
    pub literals: usize,
}

/// Levels of nesting that are tried, until a type stays within its [`Limits`]. So a wide schema loses its
/// deepest parts first, and not all of its last properties.
const NESTING: [usize; 9] = [24, 16, 12, 8, 6, 5, 4, 3, 2];

/// The type of a schema. `root_name` names the schema itself where it is recursive.
///
/// Anything can be given: what is no schema becomes `unknown`.
pub fn types(schema: &Value, root_name: &str, limits: Limits) -> Types {
    let mut types = None;
    for nesting in NESTING {
        let mut converter = Converter::new(schema, root_name, limits, nesting);
        let converted = converter.run();
        let fits = converter.nodes_left > 0;
        types = Some(converted);
        if fits {
            break;
        }
    }
    let mut types = types.unwrap_or(Types { root: Type::Unknown, named: Vec::new() });
    cycles::cut(&mut types);
    inline::inline(&mut types);
    types
}

/// Keywords that lead to another schema. The dynamic ones are taken as if they were not.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

struct Converter<'a> {
    limits: Limits,
    nesting: usize,
    nodes_left: usize,
    references: References<'a>,
}

impl<'a> Converter<'a> {
    fn new(root: &'a Value, root_name: &'a str, limits: Limits, nesting: usize) -> Self {
        Converter { limits, nesting, nodes_left: limits.nodes, references: References::new(root, root_name) }
    }

    fn run(&mut self) -> Types {
        let root = self.convert(self.references.root(), 0);
        let mut bodies = Vec::new();
        while let Some((schema, level)) = self.references.met(bodies.len()) {
            bodies.push((self.body(schema, level), docs(schema)));
        }
        Types { root, named: self.references.named(bodies) }
    }

    /// Takes nodes from the budget; false when it is used up.
    fn spend(&mut self, nodes: usize) -> bool {
        self.nodes_left = self.nodes_left.saturating_sub(nodes);
        self.nodes_left > 0
    }

    /// The type of a schema, by its name when it has one.
    fn convert(&mut self, schema: &'a Value, level: usize) -> Type {
        match self.references.name(schema, level) {
            Some(named) if level <= self.nesting => named,
            _ => self.body(schema, level),
        }
    }

    fn body(&mut self, schema: &'a Value, level: usize) -> Type {
        if level > self.nesting || !self.spend(1) {
            return Type::Cut;
        }
        match schema {
            Value::Bool(false) => Type::Never,
            Value::Object(schema) => self.convert_object_schema(schema, level),
            _ => Type::Unknown,
        }
    }

    fn convert_object_schema(&mut self, schema: &'a Map<String, Value>, level: usize) -> Type {
        let mut parts = vec![self.own(schema, level)];
        for keyword in REFERENCES {
            if let Some(Value::String(pointer)) = schema.get(keyword) {
                parts.push(self.references.reference(pointer, level));
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(alternatives)) = schema.get(keyword)
                && !alternatives.is_empty()
            {
                let alternatives: Vec<Type> =
                    alternatives.iter().map(|schema| self.convert(schema, level + 1)).collect();
                parts.push(union(alternatives));
            }
        }
        if let Some(Value::Array(all)) = schema.get("allOf") {
            for schema in all {
                parts.push(self.convert(schema, level + 1));
            }
        }
        let of = intersection(parts);
        match schema.get("nullable") {
            Some(Value::Bool(true)) => union([of, Type::Keyword("null")]),
            _ => of,
        }
    }

    /// What the schema says itself, apart from references and compositions.
    fn own(&mut self, schema: &'a Map<String, Value>, level: usize) -> Type {
        if let Some(literals) = self.enumeration(schema) {
            return literals;
        }
        match schema.get("type") {
            Some(Value::String(name)) => self.of_type(name, schema, level),
            Some(Value::Array(names)) if !names.is_empty() => {
                let alternatives: Vec<Type> = names
                    .iter()
                    .map(|name| name.as_str().map_or(Type::Unknown, |name| self.of_type(name, schema, level)))
                    .collect();
                union(alternatives)
            }
            _ if object::KEYWORDS.iter().any(|keyword| schema.contains_key(*keyword)) => self.object(schema, level),
            _ if array::KEYWORDS.iter().any(|keyword| schema.contains_key(*keyword)) => self.array(schema, level),
            _ => Type::Unknown,
        }
    }

    fn of_type(&mut self, name: &str, schema: &'a Map<String, Value>, level: usize) -> Type {
        match name {
            "string" => Type::Keyword("string"),
            "number" | "integer" => Type::Keyword("number"),
            "boolean" => Type::Keyword("boolean"),
            "null" => Type::Keyword("null"),
            "object" => self.object(schema, level),
            "array" => self.array(schema, level),
            _ => Type::Unknown,
        }
    }
}
