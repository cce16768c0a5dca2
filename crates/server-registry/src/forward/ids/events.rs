//! Events that go by (HTML Standard, section 9.2) with their ids, and the ids in their data, replaced.

use super::{CallerIds, json::JsonRewriter, to_caller::ToCaller};
use std::rc::Rc;

/// The longest id of an event, in bytes. A longer one fits into no header, and is left out.
const MAX_ID_BYTES: usize = 4 << 10;

/// The longest name of a field that is looked for.
const MAX_FIELD_BYTES: usize = 4;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a stream of events.
pub(super) struct EventRewriter {
    ids: Rc<CallerIds>,
    session: String,
    data: Option<JsonRewriter<ToCaller>>,
    line: Line,
    /// Bytes of the line that wait: of its field's name, or of an id.
    held: Vec<u8>,
    is_first_line: bool,
    after_carriage_return: bool,
}

/// What is known of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Its field's name is under way.
    Field,
    Data,
    Id,
    /// An id that is too long.
    LongId,
    Other,
}

impl EventRewriter {
    pub fn new(ids: Rc<CallerIds>, session: String, data: Option<JsonRewriter<ToCaller>>) -> Self {
        Self {
            ids,
            session,
            data,
            line: Line::Field,
            held: Vec::new(),
            is_first_line: true,
            after_carriage_return: false,
        }
    }

    /// Takes the next bytes, and gives on what is known.
    pub fn push(&mut self, mut bytes: &[u8], passed: &mut Vec<u8>) {
        while let Some((byte, rest)) = bytes.split_first() {
            let is_second_half = std::mem::take(&mut self.after_carriage_return) && *byte == b'\n';
            if is_second_half {
                passed.push(*byte);
            } else if matches!(byte, b'\n' | b'\r') {
                self.end_line(passed);
                passed.push(*byte);
                self.after_carriage_return = *byte == b'\r';
            } else if self.line == Line::Field {
                self.push_field(*byte, passed);
            } else {
                let end = memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
                let (part, behind) = bytes.split_at(end);
                self.push_value(part, passed);
                bytes = behind;
                continue;
            }
            bytes = rest;
        }
    }

    /// The end of the stream: whatever is not a whole line is nobody's, and goes as it is, but for an id.
    pub fn finish(&mut self, passed: &mut Vec<u8>) {
        match self.line {
            Line::Field => passed.append(&mut self.held),
            Line::Id => self.held.clear(),
            Line::Data => self.data.iter_mut().for_each(|data| data.reset(passed)),
            Line::LongId | Line::Other => {}
        }
    }

    fn push_field(&mut self, byte: u8, passed: &mut Vec<u8>) {
        self.held.push(byte);
        if self.is_first_line && self.held == BYTE_ORDER_MARK {
            self.is_first_line = false;
            passed.append(&mut self.held);
            return;
        }
        let could_be_mark = self.is_first_line && BYTE_ORDER_MARK.starts_with(&self.held);
        if byte == b':' {
            self.line = match self.held.as_slice() {
                b"data:" => Line::Data,
                b"id:" => Line::Id,
                _ => Line::Other,
            };
            match self.line {
                Line::Id => self.held.clear(),
                _ => passed.append(&mut self.held),
            }
        } else if self.held.len() > MAX_FIELD_BYTES && !could_be_mark {
            self.line = Line::Other;
            passed.append(&mut self.held);
        }
    }

    fn push_value(&mut self, part: &[u8], passed: &mut Vec<u8>) {
        match (self.line, &mut self.data) {
            (Line::Data, Some(data)) => data.push(part, passed),
            (Line::Id, _) if self.held.len() + part.len() <= MAX_ID_BYTES => self.held.extend_from_slice(part),
            (Line::Id, _) => {
                self.held.clear();
                self.line = Line::LongId;
            }
            (Line::LongId, _) => {}
            _ => passed.extend_from_slice(part),
        }
    }

    fn end_line(&mut self, passed: &mut Vec<u8>) {
        let line = std::mem::replace(&mut self.line, Line::Field);
        let held = std::mem::take(&mut self.held);
        self.is_first_line = false;
        match (line, &mut self.data) {
            // An empty line ends the event, and with it a message.
            (Line::Field, Some(data)) if held.is_empty() => data.reset(passed),
            (Line::Field, _) => passed.extend_from_slice(&held),
            (Line::Data, Some(data)) => data.end_line(passed),
            (Line::Id, _) => {
                let id = held.strip_prefix(b" ").unwrap_or(&held);
                passed.extend_from_slice(b"id:");
                if !id.is_empty() {
                    passed.push(b' ');
                    passed.extend_from_slice(&self.ids.tagged_event(&self.session, id));
                }
            }
            // A comment.
            (Line::LongId, _) => passed.push(b':'),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CallerIds, Rewriting, Scope};
    use bytes::Bytes;
    use sealed_secrets::Keys;
    use std::rc::Rc;

    fn ids(caller: &str) -> Rc<CallerIds> {
        let keys = Keys::read(&"7".repeat(64)).expect("keys").expect("a key");
        Rc::new(CallerIds::new(keys, "x", caller))
    }

    fn rewritten(scope: Scope, session: &str, text: &[u8], size: usize) -> String {
        let mut rewriting = Rewriting::of_events(&ids("one"), scope, session.to_string());
        let chunks = text.chunks(size).map(|chunk| rewriting.take(Bytes::copy_from_slice(chunk)));
        let mut passed: Vec<u8> = chunks.flatten().collect();
        passed.extend(rewriting.finish());
        String::from_utf8(passed).expect("UTF-8")
    }

    /// The same with what stands for an id or a tag left out.
    fn without_tags(text: &str) -> String {
        let tag_at = |rest: &str| {
            rest.get(..22)
                .is_some_and(|tag| tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)))
                && rest[22..].starts_with(['.', '~'])
        };
        let mut left = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let skipped = if tag_at(rest) { 23 } else { 0 };
            left.push_str(if skipped > 0 { "#" } else { &rest[..first.len_utf8()] });
            rest = &rest[skipped.max(first.len_utf8())..];
        }
        left
    }

    #[test]
    fn ids_of_events_are_tagged_in_every_form_of_a_line() {
        for (text, expected) in [
            ("id: 0\ndata: {}\n\n", "id: #0\ndata: {}\n\n"),
            ("\u{feff}id:a/1\r\ndata:x\r\n\r\nid:b\r", "\u{feff}id: #a/1\r\ndata:x\r\n\r\nid: #b\r"),
            ("id\n\nid:\n\nid: \n", "id\n\nid:\n\nid:\n"),
            (": c\nevent: message\nretry: 5\nids: 1\nidx\nid", ": c\nevent: message\nretry: 5\nids: 1\nidx\nid"),
            ("data: id: 5\ndata\nid: 5", "data: id: 5\ndata\n"),
        ] {
            for scope in [Scope::Session, Scope::Both] {
                for size in [1, 2, 3, 1_000] {
                    let passed = rewritten(scope, "s", text.as_bytes(), size);
                    assert_eq!(without_tags(&passed), expected, "{scope:?} {size}");
                }
            }
        }
        let long = format!("id: {}\ndata: x\n\n", "7".repeat(10_000));
        assert_eq!(rewritten(Scope::Session, "s", long.as_bytes(), 100), ":\ndata: x\n\n");
    }

    #[test]
    fn one_is_good_for_its_caller_its_server_and_its_session() {
        let event = rewritten(Scope::Session, "s", b"id: 0/1 \n", 100);
        let tagged = event.strip_prefix("id: ").and_then(|line| line.strip_suffix("\n")).expect("an id").as_bytes();
        assert_eq!(ids("one").untagged_event("s", tagged), Some(&b"0/1"[..]));
        assert_eq!(ids("other").untagged_event("s", tagged), None);
        assert_eq!(ids("one").untagged_event("t", tagged), None);
        assert_eq!(ids("one").untagged_event("", tagged), None);
        for made_up in [&b"0"[..], b"0/1", b"", b"AAAAAAAAAAAAAAAAAAAAAA.0/1", &tagged[1..], &tagged[..23]] {
            assert_eq!(ids("one").untagged_event("s", made_up), None, "{made_up:?}");
        }
    }

    #[test]
    fn data_is_read_over_several_lines_and_anew_in_each_event() {
        let text =
            "data: {\"id\":\ndata: 5\ndata:,\"method\":\"m\"}\n\ndata: {\"id\":\n\ndata: {\"id\":6,\"x\":[7]}\n\n";
        let expected = text.replace("5\n", "\"#5\"\n").replace("6,", "\"#6\",");
        for size in [1, 2, 3, 1_000] {
            assert_eq!(without_tags(&rewritten(Scope::Both, "", text.as_bytes(), size)), expected, "{size}");
            assert_eq!(rewritten(Scope::Session, "", text.as_bytes(), size), text);
        }
        // A string does not go on in the next line, and nothing is lost.
        let broken = "data: {\"id\":\"a\ndata: b\",\"x\":1}\n\n";
        assert_eq!(rewritten(Scope::Both, "", broken.as_bytes(), 1), broken);
    }
}
