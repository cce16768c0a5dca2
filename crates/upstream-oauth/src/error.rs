use http::StatusCode;
use mcp_client::TransportError;
use std::fmt;
use upstream_address::AddressError;

/// Why there is no token. The text names who is at fault, and holds no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{party} {problem}")]
pub struct Error {
    pub party: Party,
    pub problem: Box<Problem>,
}

/// Whom an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// The MCP server that the token is for. Its path and query may hold credentials, and are not shown.
    Resource { origin: String },
    /// The authorization server: its issuer, or the origin of its token endpoint.
    AuthorizationServer { name: String },
}

/// What went wrong. Each text continues a sentence that begins with the party.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A URL that the gateway does not go to. Nothing was sent.
    #[error("cannot be asked for {document}: {origin} {reason}.")]
    Address { document: Document, origin: String, reason: AddressError },
    /// No connection, or it broke.
    #[error("cannot be asked for {document} at {origin}: {reason}.")]
    Unreachable { document: Document, origin: String, reason: TransportError },
    /// It took too long.
    #[error("took too long: no {document} within {after_ms} ms.")]
    TimedOut { document: Document, after_ms: u64 },
    /// A redirect, which could carry credentials elsewhere.
    #[error("answered the request for {document} with a redirect (HTTP {status}). Redirects are not followed.")]
    Redirect { document: Document, status: StatusCode },
    /// A status that is no success, without an error of OAuth.
    #[error("answered the request for {document} with HTTP {status}.")]
    Status { document: Document, status: StatusCode },
    /// An answer that was not read to its end.
    #[error("answered the request for {document} with more than {limit_bytes} bytes.")]
    TooLarge { document: Document, limit_bytes: usize },
    /// An answer of another form.
    #[error("answered the request for {document} with something else: {reason}.")]
    Malformed { document: Document, reason: &'static str },
    /// None of the places where metadata may be has any. With the server's metadata, the `WWW-Authenticate` of a 401
    /// may lead further: [`Tokens::note_challenge`](crate::Tokens::note_challenge).
    #[error("has no {document}. Put the issuer or the token endpoint into the server's configuration.")]
    NotFound { document: Document },
    /// Metadata about somebody else (RFC 9728, section 3.3).
    #[error("gives metadata about another resource, {found}.")]
    WrongResource { found: String },
    /// No authorization server, or one whose issuer is no URL.
    #[error("names no authorization server that could be asked. Put the issuer into the server's configuration.")]
    NoAuthorizationServer,
    /// The configured issuer is none (RFC 8414, section 2).
    #[error("has an issuer in its configuration that is none: it is a URL without user, query and fragment.")]
    InvalidIssuer,
    /// Metadata of somebody else (RFC 8414, section 3.3).
    #[error("gives metadata of another issuer, {found}; they must be equal to the letter.")]
    WrongIssuer { found: String },
    /// The server names another authorization server than before. The credentials belong to that one (MCP, Authorization).
    #[error(
        "names another authorization server than before: {found}, not {bound}. If that is right, put it into its \
         configuration as the issuer."
    )]
    OtherIssuer { bound: String, found: String },
    /// The authorization server does not take what is configured.
    #[error("does not support {chosen}; it lists {supported}.")]
    Unsupported { chosen: String, supported: String },
    /// The private key does not sign. Nothing was sent.
    #[error("was not asked for a token: its assertion could not be signed. The private key may be damaged.")]
    NotSigned,
    /// An error of OAuth (RFC 6749, section 5.2).
    #[error("refused to give a token (HTTP {status}): {error}{}.{}", described(description), advice(error))]
    Refused { status: StatusCode, error: String, description: Option<String> },
    /// A token that is used in a way that the gateway does not know.
    #[error("gives tokens of the type {token_type:?}, not bearer tokens.")]
    TokenType { token_type: String },
    /// The server refused a token just after it had refused another.
    #[error("refused its token, and the one that replaced it as well. Check scope and issuer of its configuration.")]
    RefusedAgain,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// RFC 9728.
    ResourceMetadata,
    /// RFC 8414 or OpenID Connect Discovery.
    ServerMetadata,
    /// RFC 6749, section 5.1.
    Token,
}

impl fmt::Display for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ResourceMetadata => "OAuth protected resource metadata",
            Self::ServerMetadata => "OAuth authorization server metadata",
            Self::Token => "OAuth token",
        })
    }
}

impl fmt::Display for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resource { origin } => write!(formatter, "The server at {origin}"),
            Self::AuthorizationServer { name } => write!(formatter, "The authorization server {name}"),
        }
    }
}

impl Party {
    pub(crate) fn error(&self, problem: Problem) -> Error {
        Error { party: self.clone(), problem: Box::new(problem) }
    }
}

fn described(description: &Option<String>) -> String {
    description.as_ref().map(|text| format!(": {}", text.trim_end_matches('.'))).unwrap_or_default()
}

fn advice(error: &str) -> &'static str {
    match error {
        "invalid_client" | "unauthorized_client" => " Check the client id and its credential.",
        "invalid_scope" => " Check the scope.",
        "invalid_target" => " It does not know the server's URL as a resource.",
        _ => "",
    }
}
