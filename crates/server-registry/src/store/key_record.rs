//! `key/<id>`: a client's key.

use super::document;
use crate::host::{Host, StoreError};
use client_keys::KeyRecord;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const PREFIX: &str = "key/";

/// A key and how often it was changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub version: u64,
    /// As the key writes itself.
    record: Value,
}

impl Kept {
    /// A key in a version.
    pub fn new(record: &KeyRecord, version: u64) -> Result<Self, StoreError> {
        let record = serde_json::from_slice(&record.to_json()).map_err(|error| StoreError(error.to_string()))?;
        Ok(Self { version, record })
    }

    /// The key itself.
    pub fn record(&self) -> Result<KeyRecord, StoreError> {
        KeyRecord::from_json(self.record.to_string().as_bytes()).map_err(|error| StoreError(error.to_string()))
    }
}

/// Where a key is kept.
pub(crate) fn key_of(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// The id of the key that is kept there; `None` when something else is.
pub(crate) fn id_of(key: &str) -> Option<&str> {
    key.strip_prefix(PREFIX)
}

/// A key by its id.
pub(crate) async fn load<H: Host>(host: &H, id: &str) -> Result<Option<Kept>, StoreError> {
    let key = key_of(id);
    host.get(&key).await?.map(|bytes| document::read(&key, &bytes)).transpose()
}
