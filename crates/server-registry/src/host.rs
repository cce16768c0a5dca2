use mcp_client::{Clock, Transport};
use std::future::Future;

/// What the registry needs of the world.
pub trait Host: Transport + Clock + Store + Clone + 'static {
    /// Milliseconds since 1970.
    fn unix_ms(&self) -> u64;

    /// A random number that nobody can guess.
    fn random(&self) -> u64;

    /// The value of a Spin variable; `None` when it is not set. The error says why it cannot be read.
    fn variable(&self, name: &str) -> impl Future<Output = Result<Option<String>, String>>;

    /// Writes a line where the operator reads what happened.
    fn print(&self, line: &str);

    /// Writes a line where the operator reads what is wrong.
    fn warn(&self, line: &str);
}

/// Says what is to be in place of a value (`None`: there is none), or that nothing is to be written.
pub type Change<'a> = dyn FnMut(Option<&[u8]>) -> Option<Vec<u8>> + 'a;

/// A key-value store that all instances share.
pub trait Store {
    /// The value of a key.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>>;

    /// Gives a key a value. When this returns, it is kept.
    fn set(&self, key: &str, value: Vec<u8>) -> impl Future<Output = Result<(), StoreError>>;

    /// Removes a key, if it is there.
    fn delete(&self, key: &str) -> impl Future<Output = Result<(), StoreError>>;

    /// Every key.
    fn keys(&self) -> impl Future<Output = Result<Vec<String>, StoreError>>;

    /// Compare and swap, once: has `change` say what is to be in place of the value that is there, and writes it if
    /// the value is still the same.
    fn swap(&self, key: &str, change: &mut Change<'_>) -> impl Future<Output = Result<Swap, StoreError>>;

    /// Adds to a number that begins at zero, and gives the sum.
    fn increment(&self, key: &str, by: u32) -> impl Future<Output = Result<i64, StoreError>>;
}

/// How a swap went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// The new value is there.
    Done,
    /// Nothing was to be written.
    Left,
    /// Somebody else wrote meanwhile, and nothing was written.
    Lost,
}

/// Why the store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key-value store failed: {0}")]
pub struct StoreError(pub String);
