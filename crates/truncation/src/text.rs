use std::borrow::Cow;

/// Bytes of the longest word that says how much is missing.
const WORD_BYTES: usize = 40;

/// The text, or as much of it as has at most that many bytes as JSON text, with a word that says how many bytes are
/// missing: `abc… 17 more bytes`. What is cut has room for the word at least.
#[must_use]
pub fn text(text: &str, limit_bytes: usize) -> Cow<'_, str> {
    if end_within(text, limit_bytes) == text.len() {
        return Cow::Borrowed(text);
    }
    let end = end_within(text, limit_bytes.saturating_sub(WORD_BYTES));
    Cow::Owned(cut_at(text, end))
}

/// The text up to a place, and the word.
pub(crate) fn cut_at(text: &str, end: usize) -> String {
    format!("{}… {} more bytes", &text[..end], text.len() - end)
}

/// How many bytes a text has as JSON text, without its quotes.
#[must_use]
pub fn json_bytes(text: &str) -> usize {
    text.chars().map(written_bytes).sum()
}

/// How much of a text has at most so many bytes as JSON text.
fn end_within(text: &str, limit_bytes: usize) -> usize {
    // A byte is written as six at the most.
    if text.len() <= limit_bytes / 6 {
        return text.len();
    }
    let mut bytes = 0;
    for (at, character) in text.char_indices() {
        bytes += written_bytes(character);
        if bytes > limit_bytes {
            return at;
        }
    }
    text.len()
}

/// As `serde_json` writes it.
fn written_bytes(character: char) -> usize {
    match character {
        '"' | '\\' | '\u{8}' | '\u{c}' | '\n' | '\r' | '\t' => 2,
        '\0'..' ' => 6,
        other => other.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_missing_is_counted() {
        assert_eq!(text("short", 5), "short");
        assert_eq!(text(&"x".repeat(1_000), 100), format!("{}… 940 more bytes", "x".repeat(60)));
        assert_eq!(text(&"\0".repeat(100), 100), format!("{}… 90 more bytes", "\0".repeat(10)));
        assert_eq!(text(&"é".repeat(100), 1), "… 200 more bytes");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_longer_than_its_limit(given in ".{0,200}|[\0-\u{1f}]{0,200}", limit in WORD_BYTES..400) {
            let written = serde_json::Value::from(given.as_str()).to_string().len() - 2;
            prop_assert_eq!(json_bytes(&given), written);
            let kept = text(&given, limit);
            prop_assert!(json_bytes(&kept) <= limit, "{}", kept);
            prop_assert_eq!(written <= limit, *kept == given);
        }
    }
}
