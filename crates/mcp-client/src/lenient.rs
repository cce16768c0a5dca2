//! JSON that a strict reader refuses as a whole, made readable: so that one odd schema hides no other tool.

/// Arrays and objects within one another. What is nested more deeply becomes `true`, the schema that everything fits.
const MAX_DEPTH: usize = 100;

/// Begins the escape of a UTF-16 code unit, with four hexadecimal digits (RFC 8259, section 7).
const ESCAPE: &[u8] = br"\u";

/// What stands for a code unit that is no character.
const REPLACEMENT: &[u8] = br"\ufffd";

/// The same text with bounded nesting, and without surrogates that have no partner (RFC 8259, section 8.2).
pub(crate) fn readable(text: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len());
    let mut depth = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let end = match byte {
            b'"' => end_of_string(text, at),
            b'[' | b'{' if depth == MAX_DEPTH => {
                written.extend_from_slice(b"true");
                at = end_of_nested(text, at);
                continue;
            }
            b'[' | b'{' => {
                depth += 1;
                at + 1
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            _ => at + 1,
        };
        match byte {
            b'"' => write_string(&text[at..end], &mut written),
            _ => written.push(byte),
        }
        at = end;
    }
    written
}

/// Where the string that begins at `start` ends.
fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// Where the array or object that begins at `start` ends.
fn end_of_nested(text: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(text, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

fn write_string(string: &[u8], written: &mut Vec<u8>) {
    let mut rest = string;
    while let Some(&byte) = rest.first() {
        let length = match code_unit(rest) {
            Some(0xd800..0xdc00) if matches!(rest.get(6..).and_then(code_unit), Some(0xdc00..0xe000)) => 12,
            Some(0xd800..0xe000) => {
                written.extend_from_slice(REPLACEMENT);
                rest = &rest[6..];
                continue;
            }
            Some(_) => 6,
            None if byte == b'\\' => 2,
            None => 1,
        };
        let (taken, left) = rest.split_at(length.min(rest.len()));
        written.extend_from_slice(taken);
        rest = left;
    }
}

/// The code unit whose escape stands at the beginning.
fn code_unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(ESCAPE)?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(text: &str) -> Value {
        serde_json::from_slice(&readable(text.as_bytes())).expect(text)
    }

    #[test]
    fn what_is_readable_stays() {
        for text in [r#"{"a": [1, "x\"]}", "\\", "\ud83d\ude00", "é", null], "b": {}}"#, "[]", "7", r#""\u0041""#] {
            assert_eq!(readable(text.as_bytes()), text.as_bytes());
        }
    }

    #[test]
    fn deep_values_accept_everything() {
        let deep = |depth: usize| "[".repeat(depth) + r#""]","#.trim_end_matches(',') + &"]".repeat(depth);
        let text = format!(r#"{{"deep": {}, "other": 1}}"#, deep(5_000));
        assert_eq!(read(&text)["other"], 1);
        let mut inner = &read(&text)["deep"];
        while let Some(nested) = inner.get(0) {
            inner = nested;
        }
        assert_eq!(*inner, true);
        assert_eq!(readable(deep(100).as_bytes()), deep(100).as_bytes());
    }

    #[test]
    fn surrogates_without_a_partner_are_replaced() {
        for (text, value) in [
            (r#""\ud800""#, json!("\u{fffd}")),
            (r#""a\udc00b""#, json!("a\u{fffd}b")),
            (r#""\ud800\ud83d\ude00""#, json!("\u{fffd}\u{1f600}")),
            (r#""\ud800\n\\ud800""#, json!("\u{fffd}\n\\ud800")),
        ] {
            assert_eq!(read(text), value, "{text}");
        }
    }

    #[test]
    fn what_breaks_off_is_survived() {
        for text in [r#""\"#, r#""\ud8"#, "[[[", "{\"a", "\"\\u", "]]]", ""] {
            readable(text.as_bytes());
        }
    }
}
