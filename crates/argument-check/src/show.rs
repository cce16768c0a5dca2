//! Values in messages: JSON, cut.

use serde_json::Value;

/// Characters of one value.
const SHOWN_CHARACTERS: usize = 80;

/// A value as JSON, cut; arrays and objects are named as such.
pub(crate) fn value(value: &Value) -> String {
    let json = literal(value);
    match value {
        Value::Array(_) => format!("an array {json}"),
        Value::Object(_) => format!("an object {json}"),
        _ => json,
    }
}

/// A value as JSON, cut.
pub(crate) fn literal(value: &Value) -> String {
    let mut text = Text { written: String::new(), left: SHOWN_CHARACTERS };
    if text.value(value).is_none() {
        text.written.push('…');
    }
    text.written
}

/// A string as JSON, cut.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown = Text { written: String::new(), left: SHOWN_CHARACTERS };
    if shown.string(text).is_none() {
        shown.written.push('…');
    }
    shown.written
}

/// The beginning of a text.
pub(crate) fn cut(text: &str) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]).into(),
    }
}

/// Writes until it is full; `None` says that it is. Depth is bounded by the characters that a nesting takes.
struct Text {
    written: String,
    left: usize,
}

impl Text {
    fn push(&mut self, text: &str) -> Option<()> {
        for character in text.chars() {
            self.left = self.left.checked_sub(1)?;
            self.written.push(character);
        }
        Some(())
    }

    fn value(&mut self, value: &Value) -> Option<()> {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                self.push("[")?;
                for (index, item) in items.iter().enumerate() {
                    self.push(if index > 0 { "," } else { "" })?;
                    self.value(item)?;
                }
                self.push("]")
            }
            Value::Object(entries) => {
                self.push("{")?;
                for (index, (name, value)) in entries.iter().enumerate() {
                    self.push(if index > 0 { "," } else { "" })?;
                    self.string(name)?;
                    self.push(":")?;
                    self.value(value)?;
                }
                self.push("}")
            }
            Value::Null => self.push("null"),
            Value::Bool(true) => self.push("true"),
            Value::Bool(false) => self.push("false"),
            Value::Number(number) => self.push(&number.to_string()),
        }
    }

    fn string(&mut self, text: &str) -> Option<()> {
        self.push("\"")?;
        for character in text.chars() {
            match character {
                '"' => self.push("\\\"")?,
                '\\' => self.push("\\\\")?,
                '\n' => self.push("\\n")?,
                '\t' => self.push("\\t")?,
                control if control.is_control() => self.push(&format!("\\u{:04x}", u32::from(control)))?,
                other => self.push(other.encode_utf8(&mut [0; 4]))?,
            }
        }
        self.push("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_json_and_cut() {
        assert_eq!(value(&json!("a\"\n\u{7}")), r#""a\"\n\u0007""#);
        assert_eq!(value(&json!({"a": [1, null, 1.5]})), r#"an object {"a":[1,null,1.5]}"#);
        let long = value(&json!("é".repeat(1_000_000)));
        assert_eq!(long.chars().count(), SHOWN_CHARACTERS + 1);
        assert!(long.ends_with('…'));
    }
}
