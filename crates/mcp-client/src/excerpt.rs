use crate::limits::ERROR_BODY_BYTES;
use redaction::Redactor;
use std::fmt;

/// What a server said, as an error shows it: one line of limited length.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    text: String,
    is_whole: bool,
}

impl Excerpt {
    /// What a server said, of which the beginning is looked at. It is to be [cut](Self::cut).
    pub(crate) fn of(bytes: &[u8], is_whole: bool) -> Self {
        let beginning = &bytes[..bytes.len().min(ERROR_BODY_BYTES)];
        let text = String::from_utf8_lossy(beginning).into_owned();
        Self { text, is_whole: is_whole && beginning.len() == bytes.len() }
    }

    /// The beginning, for what can be read from it; nobody is shown it.
    pub(crate) fn lead(&self) -> &str {
        const LEAD_BYTES: usize = 1_600;
        let end = self.text.char_indices().map(|(at, _)| at).find(|at| *at >= LEAD_BYTES);
        &self.text[..end.unwrap_or(self.text.len())]
    }

    /// Makes it short, once credentials are taken out: half of one must not be left.
    pub(crate) fn cut(&mut self, redactor: &Redactor) {
        self.text = redactor.excerpt(self.text.as_bytes(), self.is_whole);
        self.is_whole = true;
    }
}

/// Behind a colon, if there is something to show.
impl fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() { Ok(()) } else { write!(formatter, ": {}", self.text) }
    }
}
