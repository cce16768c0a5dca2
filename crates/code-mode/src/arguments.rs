//! Checks arguments against a tool's `inputSchema`, so that what cannot go well is not sent.

use contracts::registry::Tool;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// Problems that one message names.
const SHOWN_PROBLEMS: usize = 5;

/// Characters of one problem; a schema or a value can be long.
const PROBLEM_CHARACTERS: usize = 300;

/// Bytes of a schema that is checked; a larger one is the server's to check.
const SCHEMA_BYTES: usize = 256 << 10;

/// Compiled schemas that are kept.
const KEPT_VALIDATORS: usize = 1_000;

/// Validators, compiled when a tool is called for the first time.
#[derive(Default)]
pub struct Checker {
    /// By server and tool.
    compiled: RefCell<HashMap<(String, String), Compiled>>,
}

struct Compiled {
    schema: String,
    /// `None`: the schema cannot be used.
    validator: Option<Rc<Validator>>,
}

impl Checker {
    /// The error says which property, what was expected and what came. A schema that is no JSON Schema
    /// checks nothing: the server knows better what it takes.
    pub fn check(&self, server: &str, tool: &Tool, arguments: &str) -> Result<(), String> {
        let Some(validator) = self.validator(server, tool) else { return Ok(()) };
        let arguments: Value =
            serde_json::from_str(arguments).map_err(|error| format!("The arguments are not JSON: {error}"))?;
        if validator.is_valid(&arguments) {
            return Ok(());
        }
        let mut problems: Vec<String> =
            validator.iter_errors(&arguments).take(SHOWN_PROBLEMS + 1).map(|error| problem(&error)).collect();
        if problems.len() > SHOWN_PROBLEMS {
            problems.truncate(SHOWN_PROBLEMS);
            problems.push("and more".to_string());
        }
        Err(format!("The arguments of {server}.{} do not fit, nothing was sent: {}", tool.name, problems.join("; ")))
    }

    fn validator(&self, server: &str, tool: &Tool) -> Option<Rc<Validator>> {
        let key = (server.to_string(), tool.name.clone());
        let mut compiled = self.compiled.borrow_mut();
        if let Some(known) = compiled.get(&key).filter(|known| known.schema == tool.input_schema) {
            return known.validator.clone();
        }
        if compiled.len() >= KEPT_VALIDATORS {
            compiled.clear();
        }
        let validator = compile(&tool.input_schema).map(Rc::new);
        compiled.insert(key, Compiled { schema: tool.input_schema.clone(), validator: validator.clone() });
        validator
    }
}

/// Nothing is fetched for a `$ref` (the crate is built without retrievers), and patterns run in linear time.
fn compile(schema: &str) -> Option<Validator> {
    if schema.len() > SCHEMA_BYTES {
        return None;
    }
    let schema: Value = serde_json::from_str(schema).ok()?;
    jsonschema::options().with_pattern_options(PatternOptions::regex()).build(&schema).ok()
}

fn problem(error: &ValidationError<'_>) -> String {
    let place = place(&error.instance_path().to_string());
    let text = format!("{place}: {error}");
    match text.char_indices().nth(PROBLEM_CHARACTERS) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// `/items/0/name` as a script would write it: `args.items[0].name`.
fn place(pointer: &str) -> String {
    let mut place = String::from("args");
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        if token.bytes().all(|byte| byte.is_ascii_digit()) && !token.is_empty() {
            place.push_str(&format!("[{token}]"));
        } else if tool_names::is_identifier(&token) {
            place.push_str(&format!(".{token}"));
        } else {
            place.push_str(&format!("[{}]", Value::from(token)));
        }
    }
    place
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
            (json!({}), "\"path\" is a required property"),
            (json!({"path": 7}), "args.path: 7 is not of type \"string\""),
            (
                json!({"path": "x", "rows": [{}, {"n n": "1"}]}),
                "args.rows[1][\"n n\"]: \"1\" is not of type \"integer\"",
            ),
            (json!({"path": "x", "mode": "fats"}), "args.mode: \"fats\" is not one of"),
            (json!({"path": "x", "pth": "y"}), "'pth' was unexpected"),
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
