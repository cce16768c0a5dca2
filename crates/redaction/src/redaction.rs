use crate::{patterns::Patterns, redactor::Redactor, search::Search, spelling::Text};
use bytes::Bytes;
use std::rc::Rc;

/// Takes credentials out of bytes that come in chunks. Of a chunk only what could be the beginning of a credential waits
/// for the next one.
pub struct Redaction {
    redactor: Redactor,
    patterns: Rc<Patterns>,
    search: Search,
    held: Vec<u8>,
}

impl Redaction {
    pub(crate) fn new(redactor: &Redactor) -> Self {
        let (redactor, patterns) = (redactor.clone(), redactor.patterns());
        Self { redactor, patterns, search: Search::default(), held: Vec::new() }
    }

    /// Takes the next chunk, and gives what can be passed on; that may be nothing.
    pub fn take(&mut self, chunk: Bytes) -> Bytes {
        self.pass(chunk, false)
    }

    /// What was still waiting, at the end.
    pub fn finish(&mut self) -> Bytes {
        self.pass(Bytes::new(), true)
    }

    fn pass(&mut self, chunk: Bytes, is_whole: bool) -> Bytes {
        let patterns = self.redactor.patterns();
        if !Rc::ptr_eq(&patterns, &self.patterns) {
            self.search.restart();
            self.patterns = patterns;
        }
        let text = match self.held.is_empty() {
            true => chunk,
            false => {
                let mut text = std::mem::take(&mut self.held);
                text.extend_from_slice(&chunk);
                text.into()
            }
        };
        self.search.run(Text { bytes: &text, is_whole }, &self.patterns);
        let end = if is_whole { text.len() } else { self.search.settled() };
        self.held = text[end..].to_vec();
        if self.search.is_clean() {
            self.search.forget(end);
            return text.slice(..end);
        }
        let mut passed = Vec::with_capacity(end);
        self.search.write(&text, end, &mut passed);
        passed.into()
    }
}
