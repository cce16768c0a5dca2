//! The key-value store `default`: kept in SQLite on disk, offered to components as `spin:key-value` and, for what must
//! be atomic, as `wasi:keyvalue`.

mod access;
mod database;
mod schema;
mod spin;
mod wasi;
mod write;

pub use access::OpenStore;
pub(crate) use access::{KeyValue, KeyValueData, KeyValueView};
pub use database::{Database, DatabaseError};
pub use schema::Swap;
pub use wasi::Cas;
