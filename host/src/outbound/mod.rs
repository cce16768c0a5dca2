//! HTTP requests that components send: where they may go, and the connections that carry them.

mod allowed_hosts;
mod client;
mod networks;
mod resolver;
mod send;

pub use allowed_hosts::{AllowedHosts, InvalidAllowedHost, Permission};
pub use client::{Client, TlsError};
pub use networks::{Networks, Prohibited};
pub use resolver::Addresses;
pub(crate) use send::Outbound;
