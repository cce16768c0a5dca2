use std::fmt;

/// A credential that came in. It is written down nowhere: neither `Debug` nor `Serialize` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a credential.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The credential itself, to be sealed.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What a request says about a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretInput {
    /// `null`, or nothing: the stored one stays. Without a stored one: [`crate::Refusal::MissingSecrets`].
    Keep,
    /// This one replaces what is stored.
    Set(Secret),
}

/// A stored credential in an answer: `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Hidden;
