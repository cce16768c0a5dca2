//! The HTTP server: connections, the instances that answer, and how it stops.

mod attendance;
mod connections;
mod instances;

pub(crate) use connections::Server;
pub use instances::InstanceSettings;
pub(crate) use instances::{Instances, Lifetime};
