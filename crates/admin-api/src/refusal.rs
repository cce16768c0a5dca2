/// Why the gateway does not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such server or key.
    #[error("it does not exist")]
    NotFound,
    /// The precondition does not hold for what is stored ([`crate::Precondition::holds`]).
    #[error("it has changed")]
    VersionMismatch,
    /// The server stands in the variable `servers`, which wins over the API.
    #[error("it is declared in the variable \"servers\"; change it there")]
    Declared,
    /// The values can never be stored as they are.
    #[error("some values cannot be used")]
    Invalid(Vec<FieldError>),
    /// These secrets were to be kept, and none is stored.
    #[error("some secrets are to be kept, and none is stored; give their values")]
    MissingSecrets(Vec<FieldError>),
    /// This gateway does not connect to a URL of the request.
    #[error("{}: {}", .0.place, .0.detail)]
    AddressRefused(FieldError),
    /// This gateway cannot sign with a private key of the request.
    #[error("{}: {}", .0.place, .0.detail)]
    KeyRefused(FieldError),
    /// A secret is to be stored, and there is no key to seal it with.
    #[error("a secret cannot be stored without the variable \"encryption_key\"")]
    NoEncryptionKey,
    /// The same, where that variable holds something else.
    #[error("a secret cannot be stored: {reason}")]
    InvalidEncryptionKey {
        /// What is wrong with it, without its value.
        reason: String,
    },
    /// A key would expire before it exists.
    #[error("it would have expired already")]
    AlreadyExpired,
    /// The caller may manage the gateway, but not so.
    #[error("{0}")]
    Forbidden(&'static str),
    /// No more of these may exist.
    #[error("there are {limit} already, and no more are allowed")]
    Quota {
        /// How many may exist.
        limit: u64,
    },
    /// The store cannot be reached, or other writers were always faster.
    #[error("the store does not answer: {reason}")]
    Unavailable {
        /// One sentence without credentials, and without its full stop.
        reason: String,
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The server that the request is about cannot be used now.
    #[error("{reason}")]
    ServerUnavailable {
        /// Whole sentences without credentials.
        reason: String,
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
}

impl Refusal {
    /// Others wrote between reading and writing, again and again.
    pub(crate) fn too_many_writers() -> Self {
        Self::Unavailable {
            reason: "others changed it at the same time, again and again".to_string(),
            retry_after_s: 1,
        }
    }
}

/// What is wrong with one part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Which part.
    pub place: Place,
    /// What belongs there. Never the value of a secret.
    pub detail: String,
}

/// A part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the body, as a JSON Pointer (RFC 6901): `/headers/x-api-key`.
    Body(String),
    /// A parameter of the path or the query, by name.
    Parameter(String),
}

impl Place {
    /// Whether it is at a JSON Pointer, or below it.
    pub(crate) fn is_below(&self, pointer: &str) -> bool {
        let Self::Body(own) = self else { return false };
        own.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl FieldError {
    /// Cuts a place that came in, so that an answer does not repeat a long request.
    pub(crate) fn shorten(&mut self) {
        const DETAIL_BYTES: usize = 1 << 10;
        const SHOWN_CHARACTERS: usize = 200;
        let (Place::Body(text) | Place::Parameter(text)) = &mut self.place;
        if let Some((end, _)) = text.char_indices().nth(SHOWN_CHARACTERS) {
            text.truncate(end);
            text.push('…');
        }
        self.detail = truncation::text(&self.detail, DETAIL_BYTES).into_owned();
    }

    /// Something at a JSON Pointer in the body.
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { place: Place::Body(pointer.into()), detail: detail.into() }
    }

    /// A parameter of the path or the query.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { place: Place::Parameter(name.into()), detail: detail.into() }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Body(pointer) if pointer.is_empty() => f.write_str("the body"),
            Self::Body(pointer) => f.write_str(pointer),
            Self::Parameter(name) => write!(f, "the parameter {name}"),
        }
    }
}
