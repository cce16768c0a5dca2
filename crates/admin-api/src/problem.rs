//! Errors as problem details (RFC 9457).

use crate::protocol::response;
use crate::{FieldError, Place};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// What kind of error it is: `urn:bobbin:problem:<name>`, with a status and a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// A parameter of the query is unknown, given twice or misshapen (400).
    InvalidParameter,
    /// A header stands twice by which a request is let in (400).
    RepeatedHeader,
    /// The body is not JSON (400).
    MalformedBody,
    /// The body broke off (400).
    IncompleteBody,
    /// No key, or a wrong one (401); needs `WWW-Authenticate`.
    Unauthorized,
    /// The key may not do this (403).
    Forbidden,
    /// No key is set, and the request does not come from the gateway's own machine (403).
    NotLocal,
    /// A web page of another host asks (403).
    ForeignOrigin,
    /// A URL leads where the gateway does not connect (403).
    AddressRefused,
    /// A private key is none that the gateway can sign with (403).
    KeyRefused,
    /// There is no such resource (404).
    NotFound,
    /// The resource has other methods (405).
    MethodNotAllowed,
    /// The caller reads no JSON (406).
    NotAcceptable,
    /// Something of this name is there (409).
    AlreadyExists,
    /// The operator declared the server (409).
    Declared,
    /// No secret is stored that could be kept (409).
    SecretMissing,
    /// There is nothing to seal a secret with (409).
    NoEncryptionKey,
    /// A new key would have expired (409).
    AlreadyExpired,
    /// No more may exist (409).
    QuotaReached,
    /// A patch that is right by itself does not fit what is stored (409).
    PatchDoesNotApply,
    /// `If-Match` or `If-None-Match` does not hold (412).
    PreconditionFailed,
    /// The body did not come in time (408).
    BodyTimedOut,
    /// The body is longer than [`crate::MAX_BODY_BYTES`] (413).
    BodyTooLarge,
    /// The body has another media type (415).
    UnsupportedMediaType,
    /// The body is JSON of another form (422).
    InvalidBody,
    /// The key's rate limit is used up (429); `Retry-After` helps.
    TooManyRequests,
    /// A variable of the gateway cannot be used (500).
    Misconfigured,
    /// The store does not answer, or others were always faster (503).
    Unavailable,
}

impl ProblemKind {
    fn facts(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::InvalidParameter => ("invalid-parameter", 400, "A parameter cannot be used"),
            Self::RepeatedHeader => ("repeated-header", 400, "A header stands twice"),
            Self::MalformedBody => ("malformed-body", 400, "The body is not JSON"),
            Self::IncompleteBody => ("incomplete-body", 400, "The body broke off"),
            Self::Unauthorized => ("unauthorized", 401, "A key is needed"),
            Self::Forbidden => ("forbidden", 403, "The key does not allow this"),
            Self::NotLocal => ("not-local", 403, "The gateway serves its own machine only"),
            Self::ForeignOrigin => ("foreign-origin", 403, "Web pages of other hosts may not use the gateway"),
            Self::AddressRefused => ("address-refused", 403, "The gateway does not connect there"),
            Self::KeyRefused => ("key-refused", 403, "The gateway cannot sign with this key"),
            Self::NotFound => ("not-found", 404, "There is no such resource"),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "The resource does not have this method"),
            Self::NotAcceptable => ("not-acceptable", 406, "The answer is JSON"),
            Self::BodyTimedOut => ("body-timed-out", 408, "The body did not come in time"),
            Self::AlreadyExists => ("already-exists", 409, "It exists already"),
            Self::Declared => ("declared", 409, "The server is declared by the operator"),
            Self::SecretMissing => ("secret-missing", 409, "A secret is not there to be kept"),
            Self::NoEncryptionKey => ("no-encryption-key", 409, "Secrets cannot be stored"),
            Self::AlreadyExpired => ("already-expired", 409, "The key would have expired already"),
            Self::QuotaReached => ("quota-reached", 409, "No more are allowed"),
            Self::PatchDoesNotApply => ("patch-does-not-apply", 409, "The patch does not fit what is stored"),
            Self::PreconditionFailed => ("precondition-failed", 412, "It has changed"),
            Self::BodyTooLarge => ("body-too-large", 413, "The body is too large"),
            Self::UnsupportedMediaType => ("unsupported-media-type", 415, "The body has another media type"),
            Self::InvalidBody => ("invalid-body", 422, "The body does not fit"),
            Self::TooManyRequests => ("too-many-requests", 429, "Too many requests"),
            Self::Misconfigured => ("misconfigured", 500, "The gateway is not configured right"),
            Self::Unavailable => ("unavailable", 503, "The gateway cannot do this now"),
        }
    }
}

/// Bytes of what an error says.
const DETAIL_BYTES: usize = 8 << 10;

/// An error as it is answered. The gateway makes those of sign-in, rate limits and its own configuration.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// `detail` is for the one who asks: what is wrong here, and what to do. It may repeat what was sent, and is cut.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        let detail = truncation::text(&detail.into(), DETAIL_BYTES).into_owned();
        Self { kind, detail, errors: Vec::new(), headers: Vec::new() }
    }

    /// Which parts of the request are wrong.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// A header of the answer, such as `WWW-Authenticate` or `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The body can never be taken as it is.
    pub(crate) fn invalid_body(errors: Vec<FieldError>) -> Self {
        Self::listing(ProblemKind::InvalidBody, "The body does not fit", errors)
    }

    /// The patch could be taken, but not on what is stored.
    pub(crate) fn does_not_apply(errors: Vec<FieldError>) -> Self {
        Self::listing(ProblemKind::PatchDoesNotApply, "With this patch the resource would not fit any more", errors)
    }

    /// An unknown member can have a long name, and there can be many.
    pub(crate) fn listing(kind: ProblemKind, what: &str, mut errors: Vec<FieldError>) -> Self {
        const LISTED: usize = 20;
        let count = errors.len();
        errors.truncate(LISTED);
        errors.iter_mut().for_each(FieldError::shorten);
        let detail = match errors.as_slice() {
            [FieldError { place, detail }] => format!("{what}: {place}: {detail}"),
            _ if count > LISTED => format!("{what} in {count} places, of which \"errors\" has the first {LISTED}."),
            _ => format!("{what} in {count} places; see \"errors\"."),
        };
        Self::new(kind, detail).with_errors(errors)
    }

    /// The answer, as `application/problem+json`.
    #[must_use]
    pub fn into_response(self) -> Response<Vec<u8>> {
        let (name, status, title) = self.kind.facts();
        let mut body = json!({
            "type": format!("urn:bobbin:problem:{name}"),
            "title": title,
            "status": status,
            "detail": self.detail,
        });
        if !self.errors.is_empty() {
            body["errors"] = self.errors.iter().map(error).collect();
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = response::json(status, &body);
        response.headers_mut().extend(self.headers);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

fn error(error: &FieldError) -> Value {
    match &error.place {
        Place::Body(pointer) => json!({"pointer": pointer, "detail": error.detail}),
        Place::Parameter(name) => json!({"parameter": name, "detail": error.detail}),
    }
}
