//! Tools as clients read them that check each member, and refuse a whole list for one that is not as MCP has it.

use mcp::Era;
use serde_json::{Map, Value, json};

/// Members of MCP `ToolAnnotations` that are texts and booleans.
const ANNOTATED_TEXT: &str = "title";
const HINTS: [&str; 4] = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

/// Of a tool's arguments, those that clients mirror in headers. Whoever lists it must compare those headers with the
/// body (MCP 2026-07-28, transports), which the gateway leaves to the servers.
const HEADER_ANNOTATION: &str = "x-mcp-header";

/// Makes a definition one that strict clients of this era read: optional members of a wrong type are left out, and
/// schemas are written in their plain form. Gives whether that can be done: a tool has a name and an `inputSchema`.
pub(crate) fn make_readable(era: Era, tool: &mut Value) -> bool {
    let Some(tool) = tool.as_object_mut() else { return false };
    if !tool.get("name").is_some_and(Value::is_string) || !tool.get("inputSchema").is_some_and(Value::is_object) {
        return false;
    }
    tool.retain(|member, value| match member.as_str() {
        "title" | "description" => value.is_string(),
        "icons" => value.as_array().is_some_and(|icons| icons.iter().all(is_icon)),
        "annotations" | "_meta" => value.is_object(),
        // How the server runs it as a task, which the gateway does not offer.
        "execution" => false,
        "outputSchema" => match era {
            // Any schema describes `structuredContent`, which is any JSON (MCP 2026-07-28, "Tools").
            Era::Modern => value.is_object() || value.is_boolean(),
            Era::Legacy => value["type"] == "object",
        },
        _ => true,
    });
    if let Some(Value::Object(annotations)) = tool.get_mut("annotations") {
        annotations.retain(|member, value| match member.as_str() {
            ANNOTATED_TEXT => value.is_string(),
            hint if HINTS.contains(&hint) => value.is_boolean(),
            _ => true,
        });
    }
    for member in ["inputSchema", "outputSchema"] {
        if let Some(schema) = tool.get_mut(member) {
            without_header_annotations(schema);
            write_plainly(schema);
        }
    }
    // Arguments are an object whatever else the schema says.
    tool["inputSchema"]["type"] = json!("object");
    true
}

fn is_icon(icon: &Value) -> bool {
    let texts = |value: &Value| value.as_array().is_some_and(|texts| texts.iter().all(Value::is_string));
    icon["src"].is_string()
        && icon.get("mimeType").is_none_or(Value::is_string)
        && icon.get("sizes").is_none_or(texts)
        && icon.get("theme").is_none_or(|theme| theme == "light" || theme == "dark")
}

/// What MCP's own schema of a `Tool` knows of JSON Schema: `properties` whose values are objects, and `required` with
/// names.
fn write_plainly(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    schema.retain(|keyword, value| match keyword.as_str() {
        "properties" => value.is_object(),
        "required" => value.as_array().is_some_and(|names| names.iter().all(Value::is_string)),
        _ => true,
    });
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut).filter(|property| !property.is_object()) {
        // `false` is the schema that nothing fits (JSON Schema 2020-12, core 4.3.2); what is no schema says nothing.
        *property = if *property == false { json!({"not": {}}) } else { json!({}) };
    }
}

fn without_header_annotations(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(without_header_annotations),
        Value::Object(keywords) => {
            keywords.shift_remove(HEADER_ANNOTATION);
            for (keyword, value) in keywords {
                match (keyword.as_str(), value) {
                    // Values, not schemas.
                    ("const" | "enum" | "default" | "examples", _) => {}
                    // Names of properties or definitions are no keywords.
                    (
                        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas",
                        Value::Object(named),
                    ) => named.values_mut().for_each(without_header_annotations),
                    (_, value) => without_header_annotations(value),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tool `t` that takes any object, with these members beside.
    fn tool(members: Value) -> Value {
        let mut tool = json!({"name": "t", "inputSchema": {"type": "object"}});
        let members = members.as_object().expect("members").clone();
        tool.as_object_mut().expect("a tool").extend(members);
        tool
    }

    fn readable(era: Era, mut tool: Value) -> Option<Value> {
        make_readable(era, &mut tool).then_some(tool)
    }

    #[test]
    fn members_of_a_wrong_type_are_left_out() {
        for (given, kept) in [
            (json!({"annotations": {"readOnlyHint": "yes"}}), json!({"annotations": {}})),
            (
                json!({"annotations": {"title": 3, "openWorldHint": false, "vendor": 1}}),
                json!({"annotations": {"openWorldHint": false, "vendor": 1}}),
            ),
            (json!({"annotations": null, "title": 5, "description": [], "execution": 1, "_meta": []}), json!({})),
            (json!({"icons": [{"src": 1}], "_meta": {"a": 1}}), json!({"_meta": {"a": 1}})),
            (json!({"icons": [{"src": "x:i", "sizes": "48x48"}]}), json!({})),
            (
                json!({"icons": [{"src": "x:i", "sizes": ["any"]}], "execution": {"taskSupport": "optional"}}),
                json!({"icons": [{"src": "x:i", "sizes": ["any"]}]}),
            ),
            (json!({"outputSchema": "any"}), json!({})),
        ] {
            for era in [Era::Legacy, Era::Modern] {
                assert_eq!(readable(era, tool(given.clone())), Some(tool(kept.clone())), "{given}");
            }
        }
    }

    #[test]
    fn schemas_are_written_plainly() {
        for (given, plain) in [
            (json!({}), json!({"type": "object"})),
            (json!({"type": ["object", "null"]}), json!({"type": "object"})),
            (json!({"type": "object", "properties": null, "required": "x"}), json!({"type": "object"})),
            (json!({"type": "object", "required": ["x", 1]}), json!({"type": "object"})),
            (
                json!({"type": "object", "properties": {"x": true, "y": false, "z": 3, "a": {"type": "null"}}}),
                json!({"type": "object", "properties": {"x": {}, "y": {"not": {}}, "z": {}, "a": {"type": "null"}}}),
            ),
        ] {
            let seen = readable(Era::Legacy, tool(json!({"inputSchema": given}))).expect("a tool");
            assert_eq!(seen["inputSchema"], plain, "{given}");
        }
        let output = json!({"type": "object", "properties": {"y": true}, "required": 1});
        for era in [Era::Legacy, Era::Modern] {
            let seen = readable(era, tool(json!({"outputSchema": output}))).expect("a tool");
            assert_eq!(seen["outputSchema"], json!({"type": "object", "properties": {"y": {}}}));
        }
    }

    #[test]
    fn only_modern_clients_are_shown_results_that_are_no_objects() {
        for output in
            [json!({"type": "array"}), json!({"properties": {}}), json!({"type": ["object", "null"]}), json!(true)]
        {
            let given = tool(json!({"outputSchema": output}));
            assert_eq!(readable(Era::Legacy, given.clone()), Some(tool(json!({}))), "{output}");
            assert_eq!(readable(Era::Modern, given.clone()), Some(given), "{output}");
        }
    }

    #[test]
    fn arguments_are_not_asked_for_in_headers() {
        let annotated = json!({"type": "string", "x-mcp-header": "Q"});
        let schema = json!({
            "type": "object",
            "properties": {"q": annotated, "x-mcp-header": annotated, "n": {"anyOf": [annotated]}},
            "default": {"x-mcp-header": 1},
        });
        let seen = readable(Era::Modern, tool(json!({"inputSchema": schema}))).expect("a tool");
        let plain = json!({"type": "string"});
        let expected = json!({
            "type": "object",
            "properties": {"q": plain, "x-mcp-header": plain, "n": {"anyOf": [plain]}},
            "default": {"x-mcp-header": 1},
        });
        assert_eq!(seen["inputSchema"], expected);
    }

    #[test]
    fn what_is_no_tool_cannot_be_made_one() {
        for given in [json!(1), json!({"name": "t"}), json!({"inputSchema": {}}), json!({"name": 1, "inputSchema": {}})]
        {
            assert_eq!(readable(Era::Modern, given.clone()), None, "{given}");
        }
    }
}
