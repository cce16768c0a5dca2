//! The servers behind the gateway: which there are, who may use them, what they offer, and calls to them.
//!
//! A caller signs in at the [`Registry`] (`sign_in`) and gets an [`Access`]: the servers as they are at that moment
//! (`snapshot`: declared in variables, `configuration`, or registered in the key-value store, `store`), as far as its
//! key and the tool policies let it see them (`permission`). Each server that is used has an upstream (`upstream`),
//! which keeps its tools, its connection (`records`) and its access token (`kept_token`). What happened is told and counted (`happened`), and who may
//! manage the gateway does so by `administration`. The component around it only supplies a [`Host`].

mod access;
mod administration;
mod agent_servers;
mod caller;
mod cancellations;
mod configuration;
mod failure;
mod fingerprint;
mod forward;
mod happened;
mod host;
mod kept_token;
mod labels;
mod learned;
mod mark;
mod once;
mod permission;
mod placeholders;
mod records;
mod registry;
mod sensitive;
mod server_entry;
mod sign_in;
mod snapshot;
mod store;
mod target;
mod upstream;
mod upstream_sign_in;
mod variable_json;
mod vault;

pub use access::{Access, CatalogAnswer, CurrentCatalog, ServerSummary, Wanted};
pub use caller::Purpose;
pub use failure::{Failure, FailureKind};
pub use forward::{Body, NotForwarded};
pub use happened::CallContext;
pub use host::{Change, Host, Store, StoreError, Swap};
pub use learned::{Agreement, LearnedResult, Lesson, Lessons};
pub use records::KnownCatalog;
pub use registry::Registry;
pub use sign_in::{NotSignedIn, Visitor};
