use mcp_client::{Clock, Transport};
use std::future::Future;

/// What the registry needs of the world.
pub trait Host: Transport + Clock + Clone {
    /// Milliseconds since 1970.
    fn unix_ms(&self) -> u64;

    /// Any random number.
    fn random(&self) -> u64;

    /// The value of a Spin variable; `None` when it is not set. The error says why it cannot be read.
    fn variable(&self, name: &str) -> impl Future<Output = Result<Option<String>, String>>;

    /// A value of the key-value store. What is kept there can be had again from the servers, so a store
    /// that fails is like an empty one.
    fn load(&self, key: &str) -> impl Future<Output = Option<Vec<u8>>>;

    /// Stores a value, where the store works.
    fn save(&self, key: &str, value: Vec<u8>) -> impl Future<Output = ()>;
}
