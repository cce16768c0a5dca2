//! The query of a URL. Nothing unknown is passed over: a misspelled filter would answer with too much.

use crate::protocol::percent;
use crate::{FieldError, Problem, ProblemKind};

/// The parameters of a request, taken one by one.
#[derive(Debug)]
pub(crate) struct Query {
    left: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Query {
    pub fn read(query: Option<&str>) -> Self {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let text = |part: &str| {
            let spaced = part.replace('+', " ");
            percent::decode(&spaced).unwrap_or(char::REPLACEMENT_CHARACTER.into())
        };
        let left = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (text(name), text(value))
        });
        Self { left: left.collect(), errors: Vec::new() }
    }

    /// The value of a parameter that may be given once.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.left.iter().position(|(given, _)| given == name)?;
        let (_, value) = self.left.remove(at);
        if self.left.iter().any(|(given, _)| given == name) {
            self.left.retain(|(given, _)| given != name);
            self.refuse(name, "It is given more than once.");
            return None;
        }
        Some(value)
    }

    /// The value of a parameter, when it has the right form.
    pub fn take_as<T>(&mut self, name: &str, expected: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.take(name)?;
        let value = read(&text);
        if value.is_none() {
            self.refuse(name, expected);
        }
        value
    }

    fn refuse(&mut self, name: &str, detail: &str) {
        self.errors.push(FieldError::parameter(name, detail));
    }

    /// Ends the reading: what was wrong, and what nobody took.
    pub fn done(mut self) -> Result<(), Problem> {
        for (name, _) in &self.left {
            self.errors.push(FieldError::parameter(name, "There is no such parameter here."));
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Problem::listing(ProblemKind::InvalidParameter, "The query cannot be used", self.errors))
    }
}
