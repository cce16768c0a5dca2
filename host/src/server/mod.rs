//! The HTTP server: connections, the instances that answer, and how it stops.

mod acceptor;
mod admission;
mod caller;
mod client_stream;
mod computing;
mod connection_settings;
mod connection_table;
mod connections;
mod counts;
mod expiration;
mod host_header;
mod instance;
mod instance_permits;
mod instance_pool;
mod instances;
mod lifetime;
mod overrun;
mod refusal;
mod request_body;
mod request_kind;
mod request_liveness;
mod requests;
mod response_body;

pub use connection_settings::ConnectionSettings;
pub(crate) use connections::Server;
pub(crate) use instance_pool::InstancePool;
pub use instances::InstanceSettings;
pub(crate) use instances::Instances;
pub(crate) use lifetime::Lifetime;
