use crate::Call;
use crate::name::{MAX_EXECUTION_CHARS, MAX_KEY_CHARS, MAX_SERVER_CHARS, MAX_TOOL_CHARS, cut};
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    at: String,
    execution: &'a str,
    key: &'a str,
    server: &'a str,
    tool: &'a str,
    duration_ms: u64,
    status: &'static str,
    sent_bytes: u64,
    received_bytes: u64,
}

impl Call<'_> {
    /// A JSON object in one line, without the line's end. `at` is the moment given, in UTC (RFC 3339).
    ///
    /// Names are cut to their length ([`crate::MAX_TOOL_CHARS`] and so on). Whatever they hold, the line has no
    /// character that ends a line, controls a terminal or changes the direction of text.
    #[must_use]
    pub fn log_line(&self, now_unix_ms: u64) -> String {
        let line = Line {
            event: "call",
            at: date_time::write_fixed(now_unix_ms),
            execution: &cut(self.execution, MAX_EXECUTION_CHARS),
            key: &cut(self.key, MAX_KEY_CHARS),
            server: &cut(self.server, MAX_SERVER_CHARS),
            tool: &cut(self.tool, MAX_TOOL_CHARS),
            duration_ms: self.duration_ms,
            status: self.outcome.word(),
            sent_bytes: self.sent_bytes,
            received_bytes: self.received_bytes,
        };
        plain(serde_json::to_string(&line).expect("texts and numbers are JSON"))
    }
}

/// Escapes what JSON allows in its strings as it is, but viewers of logs take for more than text. In JSON all of that
/// is within strings.
fn plain(json: String) -> String {
    if !json.contains(is_more_than_text) {
        return json;
    }
    let mut plain = String::with_capacity(json.len() + 64);
    for character in json.chars() {
        if is_more_than_text(character) {
            write!(plain, "\\u{:04x}", u32::from(character)).expect("a text takes all");
        } else {
            plain.push(character);
        }
    }
    plain
}

/// Controls (C0, DEL, C1), separators of lines and paragraphs, and marks of direction (Unicode's `Bidi_Control`).
fn is_more_than_text(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
