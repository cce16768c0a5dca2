//! Results in the form of an era, whatever the server was of that gave them.

use crate::tool_definition;
use mcp::{Era, meta};
use serde_json::{Map, Value, json};

/// Members that only modern results have.
const MODERN_MEMBERS: [&str; 3] = ["resultType", "ttlMs", "cacheScope"];

/// Makes a result one that clients of this era read: lists of tools without what makes strict clients refuse them, and
/// for legacy clients nothing of the modern era.
pub(crate) fn make_readable(era: Era, method: &str, result: &mut Value) {
    let Some(fields) = result.as_object_mut() else { return };
    if let ("tools/list", Some(Value::Array(tools))) = (method, fields.get_mut("tools")) {
        tools.retain_mut(|tool| tool_definition::make_readable(era, tool));
    }
    if era == Era::Legacy {
        for member in MODERN_MEMBERS {
            fields.shift_remove(member);
        }
        without_server_info(fields);
        if method == "tools/call" {
            write_objects_only(fields);
        }
    }
}

fn without_server_info(fields: &mut Map<String, Value>) {
    if let Some(own) = fields.get_mut("_meta").and_then(Value::as_object_mut) {
        own.shift_remove(meta::SERVER_INFO);
        if own.is_empty() {
            fields.shift_remove("_meta");
        }
    }
}

/// `structuredContent` of a legacy `CallToolResult` is an object, and `content` always there (MCP 2025-11-25, "Tools").
/// What is no object is told as text, unless the server did so.
fn write_objects_only(fields: &mut Map<String, Value>) {
    let other = match fields.get("structuredContent") {
        None | Some(Value::Object(_)) => None,
        Some(_) => fields.shift_remove("structuredContent").filter(|value| !value.is_null()),
    };
    let has_content = fields.get("content").and_then(Value::as_array).is_some_and(|blocks| !blocks.is_empty());
    if let (Some(value), false) = (other, has_content) {
        fields.insert("content".to_string(), json!([{"type": "text", "text": value.to_string()}]));
    } else if !fields.get("content").is_some_and(Value::is_array) {
        fields.insert("content".to_string(), json!([]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_clients_get_structured_objects_and_nothing_of_the_modern_era() {
        let text = |text: &str| json!([{"type": "text", "text": text}]);
        for (given, expected) in [
            (
                json!({"content": text("[1,2]"), "structuredContent": [1, 2], "resultType": "complete"}),
                json!({"content": text("[1,2]")}),
            ),
            (json!({"content": [], "structuredContent": [1, 2]}), json!({"content": text("[1,2]")})),
            (json!({"structuredContent": "a\"b"}), json!({"content": text("\"a\\\"b\"")})),
            (json!({"content": [], "structuredContent": null}), json!({"content": []})),
            (json!({"structuredContent": {"a": 1}}), json!({"structuredContent": {"a": 1}, "content": []})),
            (
                json!({"content": [], "_meta": {meta::SERVER_INFO: {"name": "x"}, "vendor/a": 1}, "ttlMs": 1}),
                json!({"content": [], "_meta": {"vendor/a": 1}}),
            ),
            (json!({"content": [], "_meta": {meta::SERVER_INFO: {}}}), json!({"content": []})),
        ] {
            let mut seen = given.clone();
            make_readable(Era::Legacy, "tools/call", &mut seen);
            assert_eq!(seen, expected, "{given}");
            let mut kept = given.clone();
            make_readable(Era::Modern, "tools/call", &mut kept);
            assert_eq!(kept, given, "modern clients read it as it is");
        }
    }

    #[test]
    fn one_odd_tool_takes_no_other_from_a_list() {
        let tool = |name: &str| json!({"name": name, "inputSchema": {"type": "object"}});
        let mut odd = tool("odd");
        odd["annotations"] = json!({"readOnlyHint": "yes"});
        let mut list = json!({"tools": [tool("a"), {"name": "none"}, odd, tool("b")], "nextCursor": "n"});
        make_readable(Era::Modern, "tools/list", &mut list);
        odd = tool("odd");
        odd["annotations"] = json!({});
        assert_eq!(list, json!({"tools": [tool("a"), odd, tool("b")], "nextCursor": "n"}));
    }
}
