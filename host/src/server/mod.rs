//! The HTTP server: connections, the instances that answer, and how it stops.

mod attendance;
mod connections;
mod instances;
mod request_body;

pub(crate) use connections::Server;
pub use instances::InstanceSettings;
pub(crate) use instances::{Instances, Lifetime};
