//! The admin API under `/api/v1`: a request goes in, an answer comes out.
//!
//! [`answer`] is all of HTTP and JSON: paths, methods, media types, conditional requests (RFC 9110, section 13), pages,
//! merge patches (RFC 7396), problem details (RFC 9457), and the forms of everything that comes in. What is behind it
//! is an [`Administration`], which stores, connects and counts. Who may ask is decided before.
//!
//! `openapi.json` in this crate describes all of it, and is served at `/api/v1/openapi.json`.

mod administration;
mod answer;
mod counters;
mod document;
mod keys;
mod mcp_servers;
mod problem;
mod protocol;
mod refusal;
mod secret;
mod servers;
mod subject;

pub use administration::{Administration, CreatedKey, StoredKey, Written};
pub use answer::answer;
pub use counters::UsageQuery;
pub use document::DOCUMENT;
pub use problem::{Problem, ProblemKind};
pub use protocol::body::MAX_BODY_BYTES;
pub use protocol::conditions::{Precondition, Revision};
pub use protocol::page::{DEFAULT_LIMIT, Listing, MAX_LIMIT, Page};
pub use protocol::route::PREFIX;
pub use refusal::{FieldError, Place, Refusal};
pub use secret::{Hidden, Secret, SecretInput};
pub use servers::{
    AuthInput, AuthView, CatalogHealth, CatalogState, ClientAuthInput, ClientAuthView, Failure, FailureKind,
    HealthState, HealthView, OAuthInput, OAuthView, RefreshReport, ServerInput, ServerView, SigningAlgorithm, Source,
    TestReport, ToolView, reason_against_header,
};
pub(crate) use subject::Subject;
pub use usage::Row as UsageRow;
