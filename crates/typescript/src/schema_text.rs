//! Reads the text of a schema that anybody may have written.

use serde_json::Value;

/// Containers nested deeper than this become `true`, the schema that allows everything. It keeps every
/// recursion of this crate, and of `serde_json` (128), far from the end of a small stack.
const MAX_NESTING: usize = 96;

/// The schema, or `None` when the text is no JSON.
///
/// Two things that `serde_json` refuses are mended first, so that they cost a part of a type and not all
/// of it: nesting beyond [`MAX_NESTING`], and lone surrogates in escapes (`"\ud800"`), which RFC 8259
/// (section 8.2) lets through and no Rust string can hold.
pub fn read(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(if is_within(&value, MAX_NESTING) { value } else { bounded(value, MAX_NESTING) });
    }
    serde_json::from_str(&mended(text)).ok()
}

/// Whether there are at most `levels` containers inside each other.
fn is_within(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_within(item, levels - 1)),
        Value::Object(members) => levels > 0 && members.values().all(|member| is_within(member, levels - 1)),
        _ => true,
    }
}

/// The value with everything below `levels` containers replaced.
fn bounded(value: Value, levels: usize) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => Value::Bool(true),
        Value::Array(items) => items.into_iter().map(|item| bounded(item, levels - 1)).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, bounded(member, levels - 1))).collect()
        }
        scalar => scalar,
    }
}

/// The text without nesting beyond [`MAX_NESTING`] and without lone surrogates. What is no JSON stays none.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = if character == '"' { string_length(rest) } else { character.len_utf8() };
        let (token, after) = rest.split_at(length);
        rest = after;
        match character {
            '{' | '[' => {
                depth += 1;
                if depth == MAX_NESTING + 1 {
                    out.push_str("true");
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == MAX_NESTING {
                    continue;
                }
            }
            _ => {}
        }
        if depth <= MAX_NESTING {
            if character == '"' { push_without_lone_surrogates(token, &mut out) } else { out.push_str(token) }
        }
    }
    out
}

/// The length in bytes of the string literal at the start of `text`, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn push_without_lone_surrogates(literal: &str, out: &mut String) {
    let mut rest = literal;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match (surrogate(rest), rest.get(6..).and_then(surrogate)) {
            (Some(Half::High), Some(Half::Low)) => 12,
            (Some(_), _) => {
                out.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.push_str(rest);
}

enum Half {
    High,
    Low,
}

/// Which surrogate the text starts with, written as `\uXXXX`.
fn surrogate(text: &str) -> Option<Half> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    match u32::from_str_radix(digits, 16).ok()? {
        0xD800..=0xDBFF => Some(Half::High),
        0xDC00..=0xDFFF => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_text_is_read_as_it_is() {
        assert_eq!(read(r#"{"a": ["\ud83d\ude00", "\\ud800", 1]}"#), Some(json!({"a": ["😀", "\\ud800", 1]})));
        assert_eq!(read("{"), None);
        assert_eq!(read(r#""open"#), None);
    }

    #[test]
    fn lone_surrogates_become_the_replacement_character() {
        let text = r#"{"\udc00a": "x\ud800", "pair": "\ud83d\ude00", "two": "\ud800\ud800", "quote": "\"\\"}"#;
        let expected = json!({"\u{fffd}a": "x\u{fffd}", "pair": "😀", "two": "\u{fffd}\u{fffd}", "quote": "\"\\"});
        assert_eq!(read(text), Some(expected));
    }

    #[test]
    fn what_is_nested_too_deep_allows_everything() {
        for depth in [97, 120, 127, 128, 129, 500, 100_000] {
            let text = "[".repeat(depth) + &"]".repeat(depth);
            let mut value = &read(&text).expect("it is JSON");
            let mut levels = 0;
            while let Some(inner) = value.get(0) {
                value = inner;
                levels += 1;
            }
            assert_eq!((levels, value), (MAX_NESTING, &json!(true)), "at {depth}");
        }
    }
}
