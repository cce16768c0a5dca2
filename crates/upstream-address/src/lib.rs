//! Where an upstream server may be.
//!
//! A URL that somebody registers must not turn the gateway into a way to the machine that it runs on, its network, or
//! the metadata service of its cloud (server-side request forgery). [`check`] sees through every spelling of an
//! address. What a *name* resolves to only the host can see, when it connects: it must refuse there (Spin:
//! `block_networks`).

mod address;
mod host;
mod policy;

pub use address::Network;
pub use host::{Host, InvalidHost};
pub use policy::{AddressError, PUBLIC_ONLY_HEADER, PrivateUpstreams, check};
