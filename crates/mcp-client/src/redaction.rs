//! Credentials in what comes in pieces.

mod unescaped;

use crate::secrets::{HIDDEN, Secrets};
use bytes::Bytes;
use memchr::{memchr_iter, memmem::Finder};
use std::cmp::Reverse;
use unescaped::Unescaped;

/// How often escapes are undone: once for JSON, and once more for the JSON texts that many tools return in it.
const DEPTH: usize = 2;

/// Replaces credentials in bytes that come in chunks, as they are and in every spelling that JSON has for them, be it in
/// a JSON text or in one within a string of another. Of a chunk only what could be the beginning of a credential waits
/// for the next one.
pub struct Redaction {
    secrets: Secrets,
    held: Vec<u8>,
}

impl Secrets {
    /// A stream of bytes in which these credentials, and those that are added meanwhile, are replaced.
    pub fn redaction(&self) -> Redaction {
        Redaction { secrets: self.clone(), held: Vec::new() }
    }
}

impl Redaction {
    /// Takes the next chunk, and gives what can be passed on; that may be nothing.
    pub fn take(&mut self, chunk: Bytes) -> Bytes {
        self.pass(chunk, false)
    }

    /// What was still waiting, at the end.
    pub fn finish(&mut self) -> Bytes {
        self.pass(Bytes::new(), true)
    }

    fn pass(&mut self, chunk: Bytes, is_last: bool) -> Bytes {
        let text = match self.held.is_empty() {
            true => chunk,
            false => {
                let mut text = std::mem::take(&mut self.held);
                text.extend_from_slice(&chunk);
                text.into()
            }
        };
        let found = self.secrets.in_bytes(|secrets| Found::in_text(&text, secrets));
        let mut passed = Vec::new();
        let mut rest = 0;
        let mut end = text.len();
        for credential in &found.whole {
            if credential.start < rest {
                continue;
            }
            if !is_last && found.may_go_on(rest, credential) {
                end = credential.start;
                break;
            }
            passed.extend_from_slice(&text[rest..credential.start]);
            passed.extend_from_slice(HIDDEN.as_bytes());
            rest = credential.end;
        }
        if !is_last {
            end = found.begun.iter().copied().filter(|begun| *begun >= rest).fold(end, usize::min);
            // What is held is read again, and so begins where it was read from.
            end = rest.max(found.levels.whole_start(DEPTH, end));
            self.held = text[end..].to_vec();
        }
        if rest == 0 {
            return text.slice(..end);
        }
        passed.extend_from_slice(&text[rest..end]);
        passed.into()
    }
}

/// Credentials in a text. All places are those of whole escapes, so that what is left of JSON is JSON.
struct Found {
    levels: Levels,
    /// Where they are; the first ones first, and of those that begin at the same place the longest.
    whole: Vec<Place>,
    /// Where one could begin that does not end here.
    begun: Vec<usize>,
    /// Where an escape begins that does not end here.
    unfinished: Option<usize>,
}

struct Place {
    start: usize,
    end: usize,
}

impl Found {
    fn in_text(text: &[u8], secrets: &[&[u8]]) -> Self {
        let levels = if secrets.is_empty() { Levels(Vec::new()) } else { Levels::of(text) };
        let (mut whole, mut begun, mut unfinished) = (Vec::new(), Vec::new(), None);
        for level in 0..=levels.0.len() {
            let bytes = levels.bytes(level, text);
            let start_of = |at: usize| levels.whole_start(1, levels.source_start(level, at));
            let end_of = |at: usize| levels.whole_end(1, levels.source_end(level, at) - 1);
            for secret in secrets {
                let finder = Finder::new(secret);
                let mut from = 0;
                while let Some(ahead) = finder.find(&bytes[from..]) {
                    let at = from + ahead;
                    whole.push(Place { start: start_of(at), end: end_of(at + secret.len() - 1) });
                    from = at + 1;
                }
                let tail = bytes.len().saturating_sub(secret.len() - 1);
                let possible = memchr_iter(secret[0], &bytes[tail..]).map(|at| tail + at);
                begun.extend(possible.filter(|at| secret.starts_with(&bytes[*at..])).map(start_of));
            }
            if let Some(at) = levels.0.get(level).and_then(|next| next.unfinished) {
                let at = levels.source_start(level, at);
                unfinished = Some(unfinished.map_or(at, |known: usize| known.min(at)));
            }
        }
        begun.extend(unfinished);
        whole.sort_unstable_by_key(|place| (place.start, Reverse(place.end)));
        Self { levels, whole, begun, unfinished }
    }

    /// Whether what follows could show a credential to be part of a longer one, or an escape in it to be another.
    fn may_go_on(&self, rest: usize, credential: &Place) -> bool {
        self.unfinished.is_some_and(|at| at < credential.end)
            || self.begun.iter().any(|begun| (rest..=credential.start).contains(begun))
    }
}

/// A text with its escapes undone, once, twice and so on.
struct Levels(Vec<Unescaped>);

impl Levels {
    fn of(text: &[u8]) -> Self {
        let mut levels = Self(Vec::new());
        while levels.0.len() < DEPTH
            && let Some(next) = Unescaped::of(levels.bytes(levels.0.len(), text))
        {
            levels.0.push(next);
        }
        levels
    }

    fn bytes<'a>(&'a self, level: usize, text: &'a [u8]) -> &'a [u8] {
        level.checked_sub(1).map_or(text, |below| &self.0[below].bytes)
    }

    /// Where a byte of a level begins in the text.
    fn source_start(&self, level: usize, place: usize) -> usize {
        self.0[..level.min(self.0.len())].iter().rev().fold(place, |place, level| level.source_start(place))
    }

    /// Behind where a byte of a level ends in the text.
    fn source_end(&self, level: usize, place: usize) -> usize {
        self.0[..level.min(self.0.len())].iter().rev().fold(place + 1, |end, level| level.source_end(end - 1))
    }

    /// The place of a byte of the text on a level, or on the highest one below it.
    fn place(&self, level: usize, source: usize) -> usize {
        self.0.iter().take(level).fold(source, |place, level| level.place(place))
    }

    /// Where the escapes begin, up to those of a level, that a byte of the text is part of.
    fn whole_start(&self, level: usize, source: usize) -> usize {
        self.source_start(level, self.place(level, source))
    }

    /// Behind where they end.
    fn whole_end(&self, level: usize, source: usize) -> usize {
        self.source_end(level, self.place(level, source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(secrets: &Secrets, chunks: &[&[u8]]) -> Vec<u8> {
        let mut redaction = secrets.redaction();
        let mut text: Vec<u8> = chunks.iter().flat_map(|chunk| redaction.take(Bytes::copy_from_slice(chunk))).collect();
        text.extend(redaction.finish());
        text
    }

    fn secrets(values: &[&str]) -> Secrets {
        Secrets::new(values.iter().map(ToString::to_string))
    }

    #[test]
    fn a_credential_is_replaced_wherever_chunks_end() {
        let secrets = secrets(&["planted-secret", "Bearer planted-secret"]);
        let text = b"{\"a\":\"Bearer planted-secret\",\"b\":\"x planted-secret planted-secre\"}";
        let expected = b"{\"a\":\"[redacted]\",\"b\":\"x [redacted] planted-secre\"}".to_vec();
        for at in 0..=text.len() {
            let (one, other) = text.split_at(at);
            assert_eq!(redacted(&secrets, &[one, other]), expected, "{at}");
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(redacted(&secrets, &bytes), expected);
    }

    #[test]
    fn nothing_else_waits() {
        let secrets = secrets(&["planted-secret"]);
        let mut redaction = secrets.redaction();
        let event = Bytes::from_static(b"data: {}\n\n");
        let passed = redaction.take(event.clone());
        assert_eq!(passed.as_ptr(), event.as_ptr(), "not even a copy is made");
        assert_eq!(redaction.take(Bytes::from_static(b"a plan")), "a ");
        assert_eq!(redaction.take(Bytes::from_static(b"et")), "planet");
        assert_eq!(redaction.finish(), "");
    }

    #[test]
    fn what_is_added_meanwhile_counts() {
        let secrets = Secrets::default();
        let mut redaction = secrets.redaction();
        assert_eq!(redaction.take(Bytes::from_static(b"a token-1 ")), "a token-1 ");
        secrets.add("token-1".to_string());
        assert_eq!(redaction.take(Bytes::from_static(b"a token-1 ")), "a [redacted] ");
    }

    #[test]
    fn the_longer_of_two_goes_as_a_whole_wherever_chunks_end() {
        let secrets = secrets(&["planted", "planted-secret"]);
        let text: Vec<&[u8]> = b"planted-secret planted-secre planted".chunks(1).collect();
        assert_eq!(redacted(&secrets, &text), b"[redacted] [redacted]-secre [redacted]");
    }

    #[test]
    fn what_an_escape_could_still_become_waits() {
        let secrets = secrets(&["planted-secret"]);
        let mut redaction = secrets.redaction();
        assert_eq!(redaction.take(Bytes::from_static(b"a \\u00")), "a ");
        assert_eq!(redaction.take(Bytes::from_static(b"70")), "");
        assert_eq!(redaction.take(Bytes::from_static(b"lan")), "");
        assert_eq!(redaction.take(Bytes::from_static(b"e \\")), "\\u0070lane ");
        assert_eq!(redaction.finish(), "\\");
    }

    #[test]
    fn what_is_left_is_json() {
        let secrets = secrets(&["a\\b\\c\\d"]);
        for text in [r#""a\\b\\c\\d\\""#, r#""\\a\\b\\c\\d""#, r#""a\u005cb\\c\u005cd\n""#] {
            let left = redacted(&secrets, &[text.as_bytes()]);
            let left: String = serde_json::from_slice(&left).expect("a string");
            assert!(left.contains("[redacted]"), "{text}: {left}");
        }
    }
}
