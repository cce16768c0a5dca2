//! From a schema as JSON to nodes.

mod keywords;
mod resources;
mod uri;

use crate::{
    Schema,
    keyword::{Keyword, Node, NodeId},
    pattern,
};
use resources::Resources;
use serde_json::Value;
use std::collections::HashMap;

/// JSON values in a schema that is checked.
const MOST_VALUES: usize = 100_000;

/// Levels of a schema that is checked; JSON text parses to as many.
const DEEPEST: usize = 128;

/// Why a schema checks nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("the schema has more than {MOST_VALUES} values or {DEEPEST} levels")]
    TooLarge,
    #[error("the dialect is not one of JSON Schema's own")]
    Dialect,
    #[error("a schema must be an object or a boolean")]
    NoSchema,
    #[error("\"{keyword}\" must be {expected}")]
    Keyword { keyword: String, expected: &'static str },
}

pub(crate) fn compile(schema: &Value) -> Result<Schema, Unusable> {
    measure(schema)?;
    // Another dialect may give the same keywords another meaning (JSON Schema Core 8.1.2).
    if schema.get("$schema").is_some_and(|dialect| !dialect.as_str().unwrap_or_default().contains("//json-schema.org/"))
    {
        return Err(Unusable::Dialect);
    }
    let mut compiler = Compiler {
        resources: Resources::of(schema),
        known: HashMap::new(),
        places: Vec::new(),
        anchor_names: Vec::new(),
        anchor_numbers: HashMap::new(),
        pattern_bytes: pattern::SCHEMA_BYTES,
    };
    compiler.node(schema);
    let (mut nodes, mut dynamic_anchors) = (Vec::new(), Vec::new());
    // Both grow on the way: a node mentions others, and a dynamic anchor leads to more.
    while nodes.len() < compiler.places.len() || dynamic_anchors.len() < compiler.anchor_names.len() {
        if let Some(place) = compiler.places.get(nodes.len()) {
            let node = compiler.compile(place)?;
            nodes.push(node);
        } else {
            let targets = compiler.resources.dynamic_anchors(compiler.anchor_names[dynamic_anchors.len()]);
            let anchors = targets.into_iter().map(|(resource, place)| (resource, compiler.node(place))).collect();
            dynamic_anchors.push(anchors);
        }
    }
    Ok(Schema { nodes, dynamic_anchors })
}

/// Without recursion, since the depth is not known yet.
fn measure(schema: &Value) -> Result<(), Unusable> {
    let mut left = MOST_VALUES;
    let mut pending = vec![(schema, 0)];
    while let Some((value, depth)) = pending.pop() {
        left = left.checked_sub(1).filter(|_| depth <= DEEPEST).ok_or(Unusable::TooLarge)?;
        match value {
            Value::Array(items) => pending.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(entries) => pending.extend(entries.values().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

struct Compiler<'a> {
    resources: Resources<'a>,
    /// The number of each place, by its address within the schema.
    known: HashMap<*const Value, NodeId>,
    /// By number: what becomes a node.
    places: Vec<&'a Value>,
    /// By number: names that a `$dynamicRef` refers to.
    anchor_names: Vec<&'a str>,
    anchor_numbers: HashMap<&'a str, usize>,
    /// What patterns may still take.
    pattern_bytes: usize,
}

impl<'a> Compiler<'a> {
    /// The number of a subschema, which is compiled later.
    fn node(&mut self, place: &'a Value) -> NodeId {
        let next = NodeId(self.places.len());
        let id = *self.known.entry(place).or_insert(next);
        if id == next {
            self.places.push(place);
        }
        id
    }

    fn anchor(&mut self, name: &'a str) -> usize {
        let next = self.anchor_names.len();
        let number = *self.anchor_numbers.entry(name).or_insert(next);
        if number == next {
            self.anchor_names.push(name);
        }
        number
    }

    fn compile(&mut self, place: &'a Value) -> Result<Node, Unusable> {
        let resource = self.resources.around(place);
        let (nullable, keywords) = match place {
            Value::Bool(true) => (false, Vec::new()),
            Value::Bool(false) => (false, vec![Keyword::Never]),
            Value::Object(schema) => {
                (schema.get("nullable") == Some(&Value::Bool(true)), self.keywords(schema, resource)?)
            }
            _ => return Err(Unusable::NoSchema),
        };
        let asks =
            |keyword: &Keyword| matches!(keyword, Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_));
        let unevaluated = keywords.iter().any(asks);
        Ok(Node { resource, nullable, unevaluated, keywords: keywords.into() })
    }
}
