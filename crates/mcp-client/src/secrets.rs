use serde_json::Value;
use std::{borrow::Cow, cell::RefCell, fmt, rc::Rc};

pub(crate) const HIDDEN: &str = "[redacted]";
/// Shorter ones would blot out ordinary words.
const SHORTEST_BYTES: usize = 6;

/// The most that are looked for: beyond that the shortest go.
const MOST: usize = 64;

/// Credentials that must not appear in anything the client gives out. Clones share what is added.
#[derive(Clone, Default)]
pub struct Secrets(Rc<RefCell<Vec<String>>>);

impl Secrets {
    /// Takes the credentials; those under six bytes are not looked for.
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let secrets = Self::default();
        values.into_iter().for_each(|value| secrets.add(value));
        secrets
    }

    /// Takes one more credential, such as a token that was just given.
    pub fn add(&self, value: String) {
        let mut values = self.0.borrow_mut();
        if value.len() < SHORTEST_BYTES || values.contains(&value) {
            return;
        }
        if values.len() >= MOST {
            values.pop();
        }
        // The longest first, so that one that contains another goes as a whole.
        let place = values.partition_point(|known| known.len() >= value.len());
        values.insert(place, value);
    }

    /// The text with every credential replaced.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for secret in self.0.borrow().iter() {
            if text.contains(secret.as_str()) {
                text = Cow::Owned(text.replace(secret.as_str(), HIDDEN));
            }
        }
        text
    }

    /// Lends the credentials as bytes, the longest first.
    pub(crate) fn in_bytes<R>(&self, with: impl FnOnce(&[&[u8]]) -> R) -> R {
        let secrets = self.0.borrow();
        with(&secrets.iter().map(String::as_bytes).collect::<Vec<_>>())
    }

    /// Replaces every credential in all strings of a value, keys included.
    pub fn hide_in(&self, value: &mut Value) {
        if self.0.borrow().is_empty() {
            return;
        }
        match value {
            Value::String(text) => {
                if let Cow::Owned(hidden) = self.hide(text) {
                    *text = hidden;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide_in(item)),
            Value::Object(fields) => {
                if fields.keys().any(|key| matches!(self.hide(key), Cow::Owned(_))) {
                    let taken = std::mem::take(fields);
                    fields.extend(taken.into_iter().map(|(key, value)| (self.hide(&key).into_owned(), value)));
                }
                fields.values_mut().for_each(|item| self.hide_in(item));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} secrets", self.0.borrow().len())
    }
}
