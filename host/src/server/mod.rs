//! The HTTP server: connections, the instances that answer, and how it stops.

mod acceptor;
mod attendance;
mod client_stream;
mod connection_settings;
mod connections;
mod instances;
mod request_body;

pub use connection_settings::ConnectionSettings;
pub(crate) use connections::Server;
pub use instances::InstanceSettings;
pub(crate) use instances::{Instances, Lifetime};
