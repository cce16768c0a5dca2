//! HTTP requests that components send: where they may go, and the connections that carry them.

mod allowed_hosts;
mod client;
mod networks;
mod send;

pub use allowed_hosts::{AllowedHosts, InvalidAllowedHost, Permission};
pub use client::{Client, TlsError};
pub use networks::{Networks, Prohibited};
pub(crate) use send::Outbound;
