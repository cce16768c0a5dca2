//! JSON that goes by with some values replaced: byte for byte as it came but for those, and kept only while it is not
//! known whether it is one of them.

use super::place::{DEPTH, Member, Place};
use memchr::memchr2;

/// The longest value that is looked at, in bytes as it is written. Longer ones are nobody's id.
const MAX_VALUE_BYTES: usize = 16 << 10;

/// The longest name of a member that is looked for.
const MAX_NAME_BYTES: usize = 64;

/// Says what stands in for values.
pub(super) trait Replace {
    /// A message begins.
    fn begin(&mut self);
    /// The JSON that stands in for a string, number or word; `None` leaves it.
    fn replace(&mut self, place: Place, value: &[u8]) -> Option<String>;
}

/// Reads messages, alone or in batches.
pub(super) struct JsonRewriter<R> {
    pub replace: R,
    /// Objects and arrays that are open.
    depth: usize,
    /// So many were open within the message: it and all around it.
    message_depth: Option<usize>,
    /// Those within the message, from itself on, as far as places are.
    levels: [Level; DEPTH],
    /// Whether the next string is the name of a member.
    awaits_name: bool,
    value: Value,
    /// What is kept of it, or the name of a member.
    text: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Level {
    is_object: bool,
    /// The last one that was named.
    member: Member,
}

/// The value or name that is under way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    None,
    String {
        held: Held,
        after_backslash: bool,
    },
    /// A number or a word, which is held.
    Word(Place),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    No,
    /// A name passes, and is kept beside.
    Name,
    Value(Place),
}

impl<R: Replace> JsonRewriter<R> {
    pub fn new(replace: R) -> Self {
        let level = Level { is_object: false, member: Member::Other };
        Self {
            replace,
            depth: 0,
            message_depth: None,
            levels: [level; DEPTH],
            awaits_name: false,
            value: Value::None,
            text: Vec::new(),
        }
    }

    /// Takes the next bytes, and gives on what is known.
    pub fn push(&mut self, mut bytes: &[u8], passed: &mut Vec<u8>) {
        while let Some((byte, rest)) = bytes.split_first() {
            match self.value {
                Value::String { held, after_backslash } => {
                    bytes = self.push_string(bytes, held, after_backslash, passed);
                    continue;
                }
                Value::Word(_) if !is_end_of_word(*byte) && self.text.len() < MAX_VALUE_BYTES => self.text.push(*byte),
                _ => {
                    self.end_word(passed);
                    self.push_sign(*byte, passed);
                }
            }
            bytes = rest;
        }
    }

    /// Keeps nothing back: a line ends, which no string goes beyond.
    pub fn end_line(&mut self, passed: &mut Vec<u8>) {
        self.end_word(passed);
        if let Value::String { held: held @ Held::Value(_), .. } = &mut self.value {
            *held = Held::No;
            passed.append(&mut self.text);
        }
    }

    /// Ends everything that is open.
    pub fn reset(&mut self, passed: &mut Vec<u8>) {
        self.end_line(passed);
        self.text.clear();
        (self.depth, self.message_depth, self.awaits_name, self.value) = (0, None, false, Value::None);
    }

    fn end_word(&mut self, passed: &mut Vec<u8>) {
        if let Value::Word(place) = self.value {
            self.end_value(place, passed);
        }
    }

    /// Takes what is left of a string, and gives what comes behind it.
    fn push_string<'b>(
        &mut self,
        bytes: &'b [u8],
        held: Held,
        after_backslash: bool,
        passed: &mut Vec<u8>,
    ) -> &'b [u8] {
        let end = match after_backslash {
            true => 1,
            false => memchr2(b'"', b'\\', bytes).map_or(bytes.len(), |at| at + 1),
        };
        let (part, rest) = bytes.split_at(end);
        let last = if after_backslash { None } else { part.last().filter(|last| matches!(last, b'"' | b'\\')) };
        let mut held = held;
        match held {
            Held::Value(_) if self.text.len() + part.len() <= MAX_VALUE_BYTES => self.text.extend_from_slice(part),
            Held::Value(_) => {
                passed.append(&mut self.text);
                passed.extend_from_slice(part);
                held = Held::No;
            }
            Held::Name | Held::No => {
                if held == Held::Name && self.text.len() <= MAX_NAME_BYTES {
                    self.text.extend_from_slice(&part[..part.len().min(MAX_NAME_BYTES)]);
                }
                passed.extend_from_slice(part);
            }
        }
        self.value = Value::String { held, after_backslash: last == Some(&b'\\') };
        if last == Some(&b'"') {
            match held {
                Held::Value(place) => self.end_value(place, passed),
                Held::Name => self.end_name(),
                Held::No => self.value = Value::None,
            }
        }
        rest
    }

    fn end_value(&mut self, place: Place, passed: &mut Vec<u8>) {
        self.value = Value::None;
        match self.replace.replace(place, &self.text) {
            Some(other) => passed.extend_from_slice(other.as_bytes()),
            None => passed.extend_from_slice(&self.text),
        }
        self.text.clear();
    }

    fn end_name(&mut self) {
        self.value = Value::None;
        // Names can be written in escapes, too.
        let name: Option<String> = serde_json::from_slice(&self.text).ok();
        self.text.clear();
        if let Some(level) = self.level() {
            level.member = name.map_or(Member::Other, |name| Member::named(&name));
        }
    }

    /// Takes a byte outside of strings and words.
    fn push_sign(&mut self, byte: u8, passed: &mut Vec<u8>) {
        match byte {
            b'{' | b'[' => self.open(byte == b'{'),
            b'}' | b']' => {
                if self.message_depth == Some(self.depth) {
                    self.message_depth = None;
                }
                self.depth = self.depth.saturating_sub(1);
                self.awaits_name = false;
            }
            b',' => self.awaits_name = self.level().is_some_and(|level| level.is_object),
            b':' => self.awaits_name = false,
            b'"' => {
                let held = match self.place() {
                    _ if self.awaits_name => Held::Name,
                    Some(place) => Held::Value(place),
                    None => Held::No,
                };
                self.value = Value::String { held, after_backslash: false };
                if held != Held::No {
                    self.text.push(byte);
                }
                if matches!(held, Held::Value(_)) {
                    return;
                }
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                if let Some(place) = self.place().filter(|_| !self.awaits_name) {
                    self.value = Value::Word(place);
                    self.text.push(byte);
                    return;
                }
            }
        }
        passed.push(byte);
    }

    fn open(&mut self, is_object: bool) {
        self.depth += 1;
        if self.message_depth.is_none() && is_object {
            self.message_depth = Some(self.depth);
            self.replace.begin();
        }
        let member = if is_object { Member::Other } else { Member::Item };
        if let Some(level) = self.level() {
            *level = Level { is_object, member };
        }
        self.awaits_name = is_object && self.level().is_some();
    }

    /// The innermost of those that are open, where it is one in which places are.
    fn level(&mut self) -> Option<&mut Level> {
        let at = self.depth.checked_sub(self.message_depth?)?;
        self.levels.get_mut(at)
    }

    /// Where the next value stands.
    fn place(&self) -> Option<Place> {
        let last = self.depth.checked_sub(self.message_depth?)?;
        let mut path = [Member::Other; DEPTH];
        for (member, level) in path.iter_mut().zip(self.levels.get(..=last)?) {
            *member = level.member;
        }
        Place::at(&path[..=last])
    }
}

fn is_end_of_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes the place in front of each value.
    struct Marks;

    impl Replace for Marks {
        fn begin(&mut self) {}

        fn replace(&mut self, place: Place, value: &[u8]) -> Option<String> {
            Some(format!("<{place:?}>{}", String::from_utf8_lossy(value)))
        }
    }

    struct Nothing;

    impl Replace for Nothing {
        fn begin(&mut self) {}

        fn replace(&mut self, _: Place, _: &[u8]) -> Option<String> {
            None
        }
    }

    fn rewritten(replace: impl Replace, text: &[u8], size: usize) -> Vec<u8> {
        let (mut rewriter, mut passed) = (JsonRewriter::new(replace), Vec::new());
        text.chunks(size).for_each(|chunk| rewriter.push(chunk, &mut passed));
        rewriter.reset(&mut passed);
        passed
    }

    #[test]
    fn values_are_found_where_they_mean_something_however_the_text_is_cut() {
        for (text, expected) in [
            (r#"{"id":1,"result":{"id":2}}"#, r#"{"id":<Id>1,"result":{"id":2}}"#),
            (r#" { "id" : "a\"}" , "x":[{"id":1}]}"#, r#" { "id" : <Id>"a\"}" , "x":[{"id":1}]}"#),
            (r#"{"\u0069d":null}"#, r#"{"\u0069d":<Id>null}"#),
            (r#"{"a":"id","id":-1.5e3}"#, r#"{"a":"id","id":<Id>-1.5e3}"#),
            (r#"[{"id":1},{"x":{},"id":2},[{"id":3}]]"#, r#"[{"id":<Id>1},{"x":{},"id":<Id>2},[{"id":<Id>3}]]"#),
            (r#"{"id":{"id":1},"id":[1]}"#, r#"{"id":{"id":1},"id":[1]}"#),
            (
                r#"{"method":"m","params":{"requestId":5,"progressToken":"t","_meta":{"progressToken":6,"x":7}}}"#,
                r#"{"method":<Method>"m","params":{"requestId":<RequestId>5,"progressToken":<ProgressToken>"t","_meta":{"progressToken":<WantedProgress>6,"x":7}}}"#,
            ),
            (
                r#"{"result":{"taskId":"a","task":{"taskId":"b"},"tasks":[{"taskId":"c"},{"taskId":"d"}],"content":[{"taskId":"e"}]}}"#,
                r#"{"result":{"taskId":<Task>"a","task":{"taskId":<Task>"b"},"tasks":[{"taskId":<Task>"c"},{"taskId":<Task>"d"}],"content":[{"taskId":"e"}]}}"#,
            ),
            (
                r#"{"params":{"_meta":{"io.modelcontextprotocol/subscriptionId":1,"io.modelcontextprotocol/related-task":{"taskId":2}}}}"#,
                r#"{"params":{"_meta":{"io.modelcontextprotocol/subscriptionId":<Subscription>1,"io.modelcontextprotocol/related-task":{"taskId":<Task>2}}}}"#,
            ),
            // Broken off, and no JSON at all.
            (r#"{"id":12"#, r#"{"id":<Id>12"#),
            (r#"{"id":"12"#, r#"{"id":"12"#),
            ("}]}{\"id\":1}", "}]}{\"id\":<Id>1}"),
            ("<html>\"id\":1", "<html>\"id\":1"),
        ] {
            for size in [1, 2, 3, 7, 1_000] {
                let passed = String::from_utf8(rewritten(Marks, text.as_bytes(), size)).expect("UTF-8");
                assert_eq!(passed, expected, "{size}");
            }
        }
    }

    #[test]
    fn what_is_too_long_for_an_id_passes_without_being_kept() {
        let long = "x".repeat(MAX_VALUE_BYTES);
        for text in [format!("{{\"id\":\"{long}\",\"id\":1}}"), format!("{{\"x{long}\":\"\",\"id\":1}}")] {
            let expected = text.replace(":1}", ":<Id>1}");
            assert_eq!(rewritten(Marks, text.as_bytes(), 1_000), expected.into_bytes());
        }
        let mut rewriter = JsonRewriter::new(Marks);
        let mut passed = Vec::new();
        rewriter.push(br#"{"result":{"content":[{"text":"so far"#, &mut passed);
        assert_eq!(passed, br#"{"result":{"content":[{"text":"so far"#, "and nothing waits");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_else_changes_a_byte(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\""), Just("\\"), Just("\n"),
                    Just("\"id\""), Just("\"params\":{"), Just("\"_meta\":{"), Just("\"taskId\":"), Just("12"), Just("ü"),
                ],
                0..40,
            ),
            size in 1_usize..9,
        ) {
            let text = parts.concat();
            prop_assert_eq!(rewritten(Nothing, text.as_bytes(), size), text.into_bytes());
        }
    }
}
