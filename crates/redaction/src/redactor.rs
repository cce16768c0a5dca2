use crate::{HIDDEN, Redaction, excerpt, patterns::Patterns, pieces, search::Search, spelling::Text};
use serde_json::{Map, Value};
use std::{borrow::Cow, cell::RefCell, collections::VecDeque, fmt, rc::Rc};

/// Access tokens that are remembered: those before were replaced long ago.
const MOST_RENEWED: usize = 8;

/// The credentials of one server, which must not appear in anything that it says. Clones share what is added.
#[derive(Clone, Default)]
pub struct Redactor(Rc<RefCell<Known>>);

#[derive(Default)]
struct Known {
    configured: Vec<String>,
    /// The oldest first.
    renewed: VecDeque<String>,
    patterns: Option<Rc<Patterns>>,
}

impl Redactor {
    /// Takes the credentials. Those under six bytes are looked for by [`Redactor::repeats`] only.
    pub fn new(credentials: impl IntoIterator<Item = String>) -> Self {
        let configured = credentials.into_iter().filter(|credential| !credential.is_empty()).collect();
        Self(Rc::new(RefCell::new(Known { configured, ..Known::default() })))
    }

    /// The same credentials and some more, for one exchange.
    #[must_use]
    pub fn with(&self, credentials: impl IntoIterator<Item = String>) -> Self {
        let known: Vec<String> = self.0.borrow().all().map(str::to_string).collect();
        Self::new(known.into_iter().chain(credentials))
    }

    /// Takes one more credential that others will replace, such as an access token that was just given.
    pub fn add(&self, credential: String) {
        let mut known = self.0.borrow_mut();
        if credential.is_empty() || known.all().any(|other| other == credential) {
            return;
        }
        if known.renewed.len() == MOST_RENEWED {
            known.renewed.pop_front();
        }
        known.renewed.push_back(credential);
        known.patterns = None;
    }

    /// The text without credentials.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.redacted(text.as_bytes(), true) {
            None => Cow::Borrowed(text),
            Some(bytes) => Cow::Owned(into_text(bytes)),
        }
    }

    /// A short piece of a text for an error: one line of at most 200 characters, without credentials. Where the text is
    /// only the beginning of one, it ends before what may be the beginning of a credential.
    pub fn excerpt(&self, bytes: &[u8], is_whole: bool) -> String {
        let redacted = self.redacted(bytes, is_whole);
        excerpt::of(&String::from_utf8_lossy(redacted.as_deref().unwrap_or(bytes)), is_whole)
    }

    /// Takes credentials out of all strings, names of members and numbers of a value.
    pub fn redact_value(&self, value: &mut Value) {
        if !self.patterns().is_empty() {
            self.redact_part(value);
        }
    }

    fn redact_part(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(redacted) = self.redact(text) {
                    *text = redacted;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_part(item)),
            Value::Object(members) => {
                if members.keys().any(|name| self.finds_in(name.as_bytes())) {
                    *members = self.renamed(std::mem::take(members));
                }
                members.values_mut().for_each(|member| self.redact_part(member));
            }
            Value::Number(number) => {
                if self.patterns().has_numbers && self.finds_in(number.to_string().as_bytes()) {
                    *value = HIDDEN.into();
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// The members with names that hold no credential; names that are the same now are numbered.
    fn renamed(&self, members: Map<String, Value>) -> Map<String, Value> {
        let mut renamed = Map::new();
        for (name, member) in members {
            let redacted = self.redact(&name).into_owned();
            let numbered = (2..).map(|number| format!("{redacted} {number}"));
            let free = std::iter::once(redacted.clone()).chain(numbered).find(|name| !renamed.contains_key(name));
            renamed.insert(free.unwrap_or(redacted), member);
        }
        renamed
    }

    /// Whether a credential is in some bytes, such as the value of a header.
    pub fn finds_in(&self, bytes: &[u8]) -> bool {
        self.redacted(bytes, true).is_some()
    }

    /// Whether a text repeats a credential, however short, or a telling piece of one: what else is in it may be the rest.
    pub fn repeats(&self, text: &str) -> bool {
        pieces::are_in(text, self.0.borrow().all())
    }

    /// Takes the credentials out of bytes that come in chunks, also those that are added meanwhile.
    pub fn redaction(&self) -> Redaction {
        Redaction::new(self)
    }

    pub(crate) fn patterns(&self) -> Rc<Patterns> {
        let mut known = self.0.borrow_mut();
        if let Some(patterns) = &known.patterns {
            return patterns.clone();
        }
        let patterns = Rc::new(Patterns::of(known.all()));
        known.patterns = Some(patterns.clone());
        patterns
    }

    /// `None`: it stays as it is.
    fn redacted(&self, bytes: &[u8], is_whole: bool) -> Option<Vec<u8>> {
        let patterns = self.patterns();
        let mut search = Search::default();
        search.run(Text { bytes, is_whole }, &patterns);
        let end = if is_whole { bytes.len() } else { search.settled() };
        if search.is_clean() && end == bytes.len() {
            return None;
        }
        let mut written = Vec::with_capacity(end);
        search.write(bytes, end, &mut written);
        Some(written)
    }
}

impl Known {
    fn all(&self) -> impl Iterator<Item = &str> {
        self.configured.iter().chain(&self.renewed).map(String::as_str)
    }
}

/// What is cut out are whole characters.
fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

impl fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} credentials", self.0.borrow().all().count())
    }
}
