//! What a script gets from a call (code-mode.md, "Scripts").

use crate::settings::Settings;
use contracts::{
    execution::{CallFailure, FailureKind},
    registry,
};
use serde_json::Value;

/// The value of a call, from MCP's `CallToolResult` as JSON text.
///
/// `structuredContent` when there is one; else a single text block, parsed only when it is a JSON object or
/// array; else the content blocks as they are. `isError` is a failure with the tool's own words: all of them, since a
/// script may know what to do with them; what an agent gets of them is cut with the report.
pub fn value_of(result: &str, settings: &Settings) -> Result<String, CallFailure> {
    let result: Value = serde_json::from_str(result)
        .map_err(|error| tool_failure(format!("The server's result is not JSON: {error}")))?;
    let content = result.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let structured = result.get("structuredContent").filter(|value| !value.is_null());
    if result.get("isError") == Some(&Value::Bool(true)) {
        let data = structured.map(|data| settings.data(data.to_string()));
        return Err(CallFailure { data, ..tool_failure(message_of(content)) });
    }
    if let Some(structured) = structured {
        return Ok(structured.to_string());
    }
    match content {
        [block] if text_of(block).is_some() => Ok(value_of_text(text_of(block).unwrap_or_default())),
        blocks => Ok(Value::from(blocks).to_string()),
    }
}

/// Only objects and arrays are data: `"42"`, `"007"` and `"true"` are what the tool said, as strings.
fn value_of_text(text: &str) -> String {
    let looks_structured = text.trim_start().starts_with(['{', '[']);
    match serde_json::from_str::<Value>(text) {
        Ok(value) if looks_structured => value.to_string(),
        _ => Value::from(text).to_string(),
    }
}

fn text_of(block: &Value) -> Option<&str> {
    (block.get("type")? == "text").then(|| block.get("text")?.as_str()).flatten()
}

fn message_of(content: &[Value]) -> String {
    let text: Vec<&str> = content.iter().filter_map(text_of).collect();
    if text.is_empty() { "The tool failed and did not say why.".to_string() } else { text.join("\n") }
}

fn tool_failure(message: String) -> CallFailure {
    CallFailure { kind: FailureKind::Tool, message, code: None, data: None }
}

/// How a failure of the registry looks to a script.
pub fn failure_of(failure: registry::Failure, settings: &Settings) -> CallFailure {
    let kind = match failure.kind {
        registry::FailureKind::UnknownServer => FailureKind::UnknownTool,
        _ => FailureKind::Tool,
    };
    let data = failure.data.map(|data| settings.data(data));
    CallFailure { kind, message: failure.message, code: failure.code, data }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(result: Value) -> Value {
        let text = value_of(&result.to_string(), &Settings::default()).expect("a value");
        serde_json::from_str(&text).expect("JSON")
    }

    fn text(text: &str) -> Value {
        json!({"content": [{"type": "text", "text": text}]})
    }

    #[test]
    fn structured_content_comes_first() {
        assert_eq!(
            value(json!({"content": [{"type": "text", "text": "5"}], "structuredContent": {"n": 5}})),
            json!({"n": 5})
        );
        assert_eq!(value(json!({"content": [], "structuredContent": 7})), json!(7));
    }

    #[test]
    fn one_text_is_parsed_only_when_it_is_an_object_or_array() {
        assert_eq!(value(text("{\"a\": [1]}")), json!({"a": [1]}));
        assert_eq!(value(text(" [1, 2]")), json!([1, 2]));
        for plain in ["42", "007", "true", "null", "\"quoted\"", "{not json", "", "1e999"] {
            assert_eq!(value(text(plain)), json!(plain), "{plain}");
        }
    }

    #[test]
    fn other_content_stays_as_it_is() {
        let blocks = json!([{"type": "text", "text": "a"}, {"type": "image", "data": "AA==", "mimeType": "image/png"}]);
        assert_eq!(value(json!({"content": blocks})), blocks);
        assert_eq!(value(json!({"content": [blocks[1]]})), json!([blocks[1]]));
        assert_eq!(value(json!({"content": []})), json!([]));
    }

    #[test]
    fn is_error_is_a_failure_with_the_tools_words() {
        let failed = |result: Value| value_of(&result.to_string(), &Settings::default()).expect_err("a failure");
        let content = json!([{"type": "text", "text": "disk full"}, {"type": "text", "text": "try later"}]);
        let failure = failed(json!({"isError": true, "content": content}));
        assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Tool, "disk full\ntry later"));
        let failure = failed(json!({"isError": true, "structuredContent": {"retry": 3}}));
        assert_eq!(failure.data.as_deref(), Some("{\"retry\":3}"));
        assert!(!failure.message.is_empty());
        let failure = failed(json!({"isError": true, "structuredContent": {"rows": vec!["row"; 100_000]}}));
        let data = failure.data.expect("data");
        assert!(data.len() <= 64 << 10 && data.contains("The data of the error has 600010 bytes"), "{data}");
    }
}
