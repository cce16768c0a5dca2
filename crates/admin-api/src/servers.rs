//! MCP servers: what comes in, what goes out.

pub(crate) mod auth;
pub(crate) mod endpoints;
mod header_rules;
pub(crate) mod headers;
mod health;
pub(crate) mod input;
pub(crate) mod policy;
mod reports;
mod tools;
mod view;

pub use auth::{AuthInput, AuthView, ClientAuthInput, ClientAuthView, OAuthInput, OAuthView, SigningAlgorithm};
pub use header_rules::reason_against_header;
pub use health::{CatalogHealth, CatalogState, HealthState, HealthView};
pub use input::ServerInput;
pub use reports::{Failure, FailureKind, RefreshReport, TestReport};
pub use tools::ToolView;
pub use view::{ServerView, Source};
