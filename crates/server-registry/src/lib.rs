//! The servers behind the gateway: which there are, what they offer, and calls to them.
//!
//! [`Registry`] reads the configuration on each request (`configuration`), keeps one upstream per server
//! (`upstream`) and lets it remember its tools and its connection in the host's key-value store (`records`).
//! The component around it only supplies a [`Host`].

mod access;
mod alias;
mod configuration;
mod failure;
mod fingerprint;
mod forward;
mod header_rules;
mod host;
mod learned;
mod placeholders;
mod records;
mod registry;
mod sensitive;
mod server_entry;
mod target;
mod upstream;
mod variable_json;

pub use access::{Access, CatalogAnswer, Purpose, ServerSummary, Wanted};
pub use failure::{Failure, FailureKind};
pub use forward::{Body, NotForwarded};
pub use host::Host;
pub use learned::LearnedResult;
pub use records::KnownCatalog;
pub use registry::Registry;
