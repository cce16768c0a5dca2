use serde_json::Value;
use std::{borrow::Cow, fmt};

const HIDDEN: &str = "[redacted]";
/// Shorter ones would blot out ordinary words.
const SHORTEST_BYTES: usize = 6;

/// Credentials that must not appear in anything the client gives out.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Takes the credentials; those under six bytes are not looked for.
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let mut values: Vec<String> = values.into_iter().filter(|value| value.len() >= SHORTEST_BYTES).collect();
        // The longest first, so that one that contains another goes as a whole.
        values.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        values.dedup();
        Self(values)
    }

    /// The text with every credential replaced.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = Cow::Owned(text.replace(secret.as_str(), HIDDEN));
            }
        }
        text
    }

    /// Replaces every credential in all strings of a value, keys included.
    pub fn hide_in(&self, value: &mut Value) {
        if self.0.is_empty() {
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
        write!(formatter, "{} secrets", self.0.len())
    }
}
