//! Checks arguments against a tool's `inputSchema`: JSON Schema 2020-12, and draft-07 as MCP servers send it.
//!
//! In goes a schema, once per tool, then values; out come a few short [`Problem`]s in the words of a script.
//! Own code, since the `jsonschema` crate adds 4.2 MB of WebAssembly (two regex engines, Unicode tables, big
//! rationals) to a component of 0.7 MB.
//!
//! Schemas come from servers that nobody vouches for. Nothing is fetched, depth and size are bounded, and
//! every check has a budget of steps. What cannot be decided (a `$ref` to another document, a pattern with
//! lookaround, a value for which the budget does not last) is *unknown* and never reported, neither directly
//! nor through `not`, `oneOf` or `unevaluatedProperties`: the server knows better.
//!
//! `format` and `content*` are annotations (JSON Schema Validation 7.2.1, 8.1) and are not checked.

mod check;
mod compile;
mod equality;
mod explain;
mod keyword;
mod number;
mod path;
mod pattern;
mod problem;
mod show;

pub use compile::Unusable;
pub use problem::{Problem, Problems};

use serde_json::Value;

/// A schema, ready to check values.
pub struct Schema {
    nodes: Vec<keyword::Node>,
    /// By number of the name: where a `$dynamicAnchor` of that name stands.
    dynamic_anchors: Vec<Vec<(keyword::ResourceId, keyword::NodeId)>>,
}

impl Schema {
    /// Prepares a schema. Only what is reachable from its root is looked at.
    ///
    /// # Errors
    /// A keyword has a value that JSON Schema does not allow, or the schema is too large.
    pub fn compile(schema: &Value) -> Result<Schema, Unusable> {
        compile::compile(schema)
    }

    /// What does not fit; empty when all fits, or nothing is known to be wrong.
    pub fn check(&self, arguments: &Value) -> Problems {
        check::check(self, arguments)
    }
}
