//! The tools: what they are, and what they do. Each result is an MCP `CallToolResult`.

use crate::weather;
use serde_json::{Map, Value, json};

type Arguments = Map<String, Value>;

/// What a tool returns, or why its arguments do not fit.
type Outcome = Result<Value, String>;

struct Tool {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    input: fn() -> Value,
    /// The schema of the structured result; without one it is text.
    output: Option<fn() -> Value>,
    run: fn(&Arguments) -> Outcome,
}

const TOOLS: [Tool; 4] = [
    Tool {
        name: "echo",
        title: "Echo Tool",
        description: "Echoes back the input string",
        input: || object(json!({"message": {"type": "string", "description": "Message to echo"}})),
        output: None,
        run: |arguments| Ok(json!({"content": text(&format!("Echo: {}", string(arguments, "message")?))})),
    },
    Tool {
        name: "get-sum",
        title: "Get Sum Tool",
        description: "Returns the sum of two numbers",
        input: || {
            object(json!({
                "a": {"type": "number", "description": "First number"},
                "b": {"type": "number", "description": "Second number"},
            }))
        },
        output: None,
        run: |arguments| {
            let (a, b) = (number(arguments, "a")?, number(arguments, "b")?);
            Ok(json!({"content": text(&format!("The sum of {a} and {b} is {}.", a + b))}))
        },
    },
    Tool {
        name: "list-cities",
        title: "List cities",
        description: "Lists the cities that get-weather knows",
        input: || object(json!({})),
        output: Some(|| object(json!({"cities": {"type": "array", "items": {"type": "string"}}}))),
        run: |_| Ok(structured(json!({"cities": weather::cities()}))),
    },
    Tool {
        name: "get-weather",
        title: "Get weather",
        description: "Returns the weather in a city; made up, and the same every day",
        input: || {
            object(json!({"city": {"type": "string", "enum": weather::cities(), "description": "Name of a city"}}))
        },
        output: Some(|| {
            object(json!({
                "city": {"type": "string"},
                "temperature": {"type": "number", "description": "Degrees Celsius"},
                "conditions": {"type": "string"},
                "humidity": {"type": "integer", "description": "Percent"},
            }))
        }),
        run: |arguments| {
            let city = string(arguments, "city")?;
            let known =
                || format!("There is no weather for {city:?}; the cities are {}.", weather::cities().join(", "));
            Ok(structured(weather::of(city).ok_or_else(known)?))
        },
    },
];

/// MCP `Tool` objects.
pub fn definitions() -> Vec<Value> {
    let definition = |tool: &Tool| {
        let mut definition = json!({
            "name": tool.name,
            "title": tool.title,
            "description": tool.description,
            "inputSchema": (tool.input)(),
            "annotations": {
                "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false,
            },
        });
        if let Some(output) = tool.output {
            definition["outputSchema"] = output();
        }
        definition
    };
    TOOLS.iter().map(definition).collect()
}

/// Calls a tool; `None` if there is none of that name.
pub fn call(name: &str, arguments: &Arguments) -> Option<Outcome> {
    TOOLS.iter().find(|tool| tool.name == name).map(|tool| (tool.run)(arguments))
}

/// Content of one text.
pub fn text(text: &str) -> Value {
    json!([{"type": "text", "text": text}])
}

fn structured(value: Value) -> Value {
    json!({"content": text(&value.to_string()), "structuredContent": value})
}

/// The schema of an object that has all of these members.
fn object(properties: Value) -> Value {
    let required: Vec<String> = properties.as_object().into_iter().flat_map(Map::keys).cloned().collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn string<'a>(arguments: &'a Arguments, name: &str) -> Result<&'a str, String> {
    arguments.get(name).and_then(Value::as_str).ok_or_else(|| format!("The argument {name} must be a string."))
}

fn number(arguments: &Arguments, name: &str) -> Result<f64, String> {
    arguments.get(name).and_then(Value::as_f64).ok_or_else(|| format!("The argument {name} must be a number."))
}
