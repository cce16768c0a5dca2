//! For tests: MCP servers that follow a script, in virtual time.
//!
//! A test gives an [`Upstream`] a function from request to [`Answer`]; [`run`] drives the code under test
//! and lets the [`VirtualClock`] leap to the next moment that anybody waits for, so that deadlines of
//! minutes cost nothing and come out the same each time.

mod answer;
mod client;
mod clock;
mod received;
mod run;
pub mod servers;
mod upstream;

pub use answer::{Answer, Step};
pub use client::{CREDENTIAL, client, client_within, server};
pub use clock::VirtualClock;
pub use received::Received;
pub use run::run;
pub use upstream::Upstream;
