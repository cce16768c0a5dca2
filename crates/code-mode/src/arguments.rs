//! Checks arguments against a tool's `inputSchema`, so that what cannot go well is not sent.

use argument_check::Schema;
use contracts::registry::Tool;
use serde_json::Value;
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// Bytes of a schema that is checked; a larger one is the server's to check.
const SCHEMA_BYTES: usize = 256 << 10;

/// Bytes of the name of a tool, so that there is room for what is wrong.
const NAME_BYTES: usize = 256;

/// Compiled schemas that are kept.
const KEPT_SCHEMAS: usize = 1_000;

/// Schemas, compiled when a tool is called for the first time.
#[derive(Default)]
pub struct Checker {
    /// By server and tool.
    compiled: RefCell<HashMap<(String, String), Compiled>>,
}

struct Compiled {
    text: String,
    /// `None`: the schema cannot be used.
    schema: Option<Rc<Schema>>,
}

impl Checker {
    /// The error says which property, what was expected and what came. A schema that is no JSON Schema
    /// checks nothing: the server knows better what it takes.
    pub fn check(&self, server: &str, tool: &Tool, arguments: &str) -> Result<(), String> {
        let Some(schema) = self.schema(server, tool) else { return Ok(()) };
        let arguments: Value =
            serde_json::from_str(arguments).map_err(|error| format!("The arguments are not JSON: {error}"))?;
        let problems = schema.check(&arguments);
        if problems.is_empty() {
            return Ok(());
        }
        let name = truncation::text(&tool.name, NAME_BYTES);
        Err(format!("The arguments of {server}.{name} do not fit, nothing was sent: {problems}"))
    }

    fn schema(&self, server: &str, tool: &Tool) -> Option<Rc<Schema>> {
        let key = (server.to_string(), tool.name.clone());
        let mut compiled = self.compiled.borrow_mut();
        if let Some(known) = compiled.get(&key).filter(|known| known.text == tool.input_schema) {
            return known.schema.clone();
        }
        if compiled.len() >= KEPT_SCHEMAS {
            compiled.clear();
        }
        let schema = compile(&tool.input_schema).map(Rc::new);
        compiled.insert(key, Compiled { text: tool.input_schema.clone(), schema: schema.clone() });
        schema
    }
}

fn compile(schema: &str) -> Option<Schema> {
    if schema.len() > SCHEMA_BYTES {
        return None;
    }
    Schema::compile(&serde_json::from_str(schema).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(schema: &Value, arguments: &Value) -> Result<(), String> {
        check_text(&schema.to_string(), arguments)
    }

    fn check_text(schema: &str, arguments: &Value) -> Result<(), String> {
        let tool = Tool {
            name: "t".to_string(),
            title: None,
            description: None,
            input_schema: schema.to_string(),
            output_schema: None,
            annotations: None,
        };
        Checker::default().check("s", &tool, &arguments.to_string())
    }

    #[test]
    fn says_which_property_what_was_expected_and_what_came() {
        let schema = json!({
            "type": "object",
            "properties": {
                "path": {"type": "string"},
                "rows": {"type": "array", "items": {"type": "object", "properties": {"n n": {"type": "integer"}}}},
                "mode": {"enum": ["fast", "slow"]},
            },
            "required": ["path"],
            "additionalProperties": false,
        });
        assert_eq!(check(&schema, &json!({"path": "x"})), Ok(()));
        for (arguments, expected) in [
            (json!({}), "args: \"path\" is missing"),
            (json!({"path": 7}), "args.path: expected a string, got 7"),
            (json!({"path": "x", "rows": [{}, {"n n": "1"}]}), "args.rows[1][\"n n\"]: expected an integer, got \"1\""),
            (
                json!({"path": "x", "mode": "fats"}),
                "args.mode: expected one of \"fast\", \"slow\", got \"fats\" — did you mean \"fast\"?",
            ),
            (json!({"path": "x", "pth": "y"}), "args: \"pth\" is not a property"),
        ] {
            let message = check(&schema, &arguments).expect_err("a problem");
            assert!(message.contains(expected), "{message}");
            assert!(message.starts_with("The arguments of s.t do not fit, nothing was sent: args"), "{message}");
        }
    }

    #[test]
    fn many_problems_and_long_values_stay_short() {
        let schema = json!({"type": "object", "additionalProperties": {"type": "integer"}});
        let arguments: Value =
            (0..50).map(|n| (n.to_string(), json!("x".repeat(5_000)))).collect::<serde_json::Map<_, _>>().into();
        let message = check(&schema, &arguments).expect_err("problems");
        assert!(message.len() < 2_500 && message.ends_with("and more"), "{}", message.len());
    }

    #[test]
    fn a_schema_that_cannot_be_used_checks_nothing() {
        for schema in
            ["{not json", "7", r#"{"type": 7}"#, r#"{"$ref": "https://example.com/x"}"#, r#"{"pattern": "(?=x)"}"#]
        {
            assert_eq!(check_text(schema, &json!({"a": 1})), Ok(()), "{schema}");
        }
    }

    #[test]
    fn a_pattern_that_backtracks_elsewhere_is_fast() {
        let schema = json!({"type": "object", "properties": {"a": {"pattern": "^(a+)+$"}}});
        assert!(check(&schema, &json!({"a": format!("{}b", "a".repeat(50_000))})).is_err());
    }
}
