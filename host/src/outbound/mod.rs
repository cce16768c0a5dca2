//! HTTP requests that components send: where they may go, and the connections that carry them.

mod allowed_hosts;
mod client;
mod send;

pub use allowed_hosts::{AllowedHosts, InvalidAllowedHost};
pub use client::{Client, TlsError};
pub(crate) use send::Outbound;
