use serde::Serialize;
use std::fmt;

/// What is wrong with one member of a key's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where it is: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What is expected there.
    pub detail: String,
}

/// Why settings cannot be taken. There is at least one problem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InvalidSettings {
    /// In the order of the members.
    pub problems: Vec<Problem>,
}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Problem { pointer, detail }) in self.problems.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            let place = if pointer.is_empty() { "the settings" } else { pointer };
            write!(f, "{separator}{place}: {detail}")?;
        }
        Ok(())
    }
}

impl Problem {
    pub(crate) fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}
