//! What a refusal is about, so that its answer can name it.

use crate::{Place, Problem, ProblemKind, Refusal};
use http::{HeaderValue, header};

/// What a request is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    Servers,
    Server(&'a str),
    Keys,
    Key(&'a str),
    Usage,
}

/// Characters of a name that came in, in an answer.
const SHOWN_CHARACTERS: usize = 80;

impl Subject<'_> {
    /// The answer to a refusal.
    pub fn problem(self, refusal: Refusal) -> Problem {
        let name = self.name();
        let told = |kind, detail: String| Problem::new(kind, detail);
        match refusal {
            Refusal::NotFound => told(
                ProblemKind::NotFound,
                format!("{name} does not exist. {}", self.listed_at()),
            ),
            Refusal::VersionMismatch => told(
                ProblemKind::PreconditionFailed,
                format!("{name} is not in the state that If-Match or If-None-Match asks for. Read it again, and decide on what it is now."),
            ),
            Refusal::Declared => told(
                ProblemKind::Declared,
                format!("{name} is declared in the variable \"servers\", which wins over this API. Change it there, or take it out of there first."),
            ),
            Refusal::Invalid(errors) => Problem::invalid_body(errors),
            Refusal::MissingSecrets(errors) => told(
                ProblemKind::SecretMissing,
                "A secret that is null or left out is kept, and here none is stored that could be. Give the values at the places in \"errors\".".to_string(),
            )
            .with_errors(errors),
            Refusal::AddressRefused(error) => {
                let place = match &error.place {
                    Place::Body(_) => error.place.to_string(),
                    Place::Parameter(name) => name.clone(),
                };
                told(ProblemKind::AddressRefused, format!("The gateway does not connect to the URL at {place}: {}", error.detail))
                    .with_errors(vec![error])
            }
            Refusal::KeyRefused(error) => {
                told(ProblemKind::KeyRefused, format!("The gateway cannot sign with the key at {}: {}", error.place, error.detail))
                    .with_errors(vec![error])
            }
            Refusal::NoEncryptionKey => told(
                ProblemKind::NoEncryptionKey,
                "This gateway has no key to seal secrets with, and stores none in plain text. Set the variable \"encryption_key\", or leave the secrets out.".to_string(),
            ),
            Refusal::InvalidEncryptionKey { reason } => told(
                ProblemKind::NoEncryptionKey,
                format!("The variable \"encryption_key\" cannot be used, and this gateway stores no secret in plain text: {reason}. Mend it, or leave the secrets out."),
            ),
            Refusal::Forbidden(detail) => told(ProblemKind::Forbidden, detail.to_string()),
            Refusal::AlreadyExpired => told(
                ProblemKind::AlreadyExpired,
                "The key would have expired before it exists. Give an \"expiresAt\" in the future, or none.".to_string(),
            ),
            Refusal::Quota { limit } => told(
                ProblemKind::QuotaReached,
                format!("There are {limit} {} already, and no more are allowed. Delete one that is not needed.", self.kind()),
            ),
            Refusal::ServerUnavailable { reason, retry_after_s } => {
                told(ProblemKind::Unavailable, format!("{reason} Try again in {retry_after_s} s."))
                    .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after_s))
            }
            Refusal::Unavailable { reason, retry_after_s } => {
                told(ProblemKind::Unavailable, format!("It cannot be done now: {reason}. Try again in {retry_after_s} s."))
                    .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after_s))
            }
        }
    }

    /// The answer when something of this name is to be made, and is there.
    pub fn exists(self) -> Problem {
        let detail = format!("{} exists already. Change it with PUT or PATCH, or choose another name.", self.name());
        Problem::new(ProblemKind::AlreadyExists, detail)
    }

    fn name(self) -> String {
        let named = |kind: &str, name: &str| {
            let shown: String = name.chars().take(SHOWN_CHARACTERS).collect();
            format!("The {kind} {shown:?}")
        };
        match self {
            Self::Server(alias) => named("server", alias),
            Self::Key(id) => named("key", id),
            Self::Servers | Self::Keys => "The list".to_string(),
            Self::Usage => "The usage".to_string(),
        }
    }

    fn listed_at(self) -> &'static str {
        match self {
            Self::Key(_) | Self::Keys => "GET /api/v1/keys lists those that do.",
            Self::Server(_) | Self::Servers | Self::Usage => "GET /api/v1/servers lists those that do.",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Key(_) | Self::Keys => "keys",
            Self::Server(_) | Self::Servers => "servers",
            Self::Usage => "counters",
        }
    }
}
