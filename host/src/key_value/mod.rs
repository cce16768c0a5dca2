//! The key-value store `default`: kept in SQLite on disk, offered to components as `spin:key-value`.

mod database;
mod interface;
mod schema;

pub use database::{Database, DatabaseError};
pub use interface::OpenStore;
pub(crate) use interface::{KeyValue, KeyValueData, KeyValueView};
