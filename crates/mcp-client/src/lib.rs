//! The MCP client towards upstream servers: Streamable HTTP of both eras.
//!
//! A [`Client`] talks to one [`Server`] over a [`Transport`]. It finds out which era the server is of
//! (`handshake`), keeps and renews the connection (`client`, `renewal`), sends requests and reads JSON and
//! SSE answers (`exchange`, `stream`, `sse`, `replies`), takes requests back (`cancellation`), and gives tool lists (`catalog`) and results of calls (`call`).
//! It does no I/O of its own, so it runs in a component as well as natively.

mod body;
mod call;
mod cancellation;
mod catalog;
mod client;
mod clock;
mod connection;
mod deadlines;
mod error;
mod excerpt;
mod exchange;
mod flight;
mod handshake;
mod lenient;
mod limits;
mod messages;
mod parameter_headers;
mod pass;
mod relay;
mod renewal;
mod replies;
mod request;
mod server;
mod sharing;
pub mod sse;
mod stream;
mod tools;
mod transport;

pub use body::{BodyFault, whole};
pub use catalog::Catalog;
pub use client::Client;
pub use clock::Clock;
pub use connection::Connection;
pub use deadlines::{Deadline, Deadlines, within};
pub use error::{Error, Fault, Problem};
pub use excerpt::Excerpt;
pub use flight::Flight;
pub use limits::Limits;
pub use parameter_headers::{MirroredParameter, header_value};
pub use relay::SharedMethod;
pub use server::Server;
pub use sharing::Sharing;
pub use tools::Tool;
pub use transport::{Transport, TransportError};
