//! `key/<id>`: a client's key.

use super::document::{self, ChangeError};
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
    /// Stands in the record for the moment until it is deleted.
    #[serde(default, skip_serializing_if = "is_false")]
    revoked: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde calls it.
fn is_false(value: &bool) -> bool {
    !value
}

impl Kept {
    /// A key in a version.
    pub fn new(record: &KeyRecord, version: u64) -> Result<Self, StoreError> {
        let record = serde_json::from_slice(&record.to_json()).map_err(|error| StoreError(error.to_string()))?;
        Ok(Self { version, record, revoked: false })
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
    let kept: Option<Kept> = host.get(&key).await?.map(|bytes| document::read(&key, &bytes)).transpose()?;
    Ok(kept.filter(|kept| !kept.revoked))
}

/// Keeps a new key. Nobody else knows its id yet, so there is nobody to write at the same time.
pub(crate) async fn create<H: Host>(host: &H, id: &str, kept: &Kept) -> Result<(), StoreError> {
    let key = key_of(id);
    if host.get(&key).await?.is_some() {
        return Err(StoreError(format!("\"{key}\" is taken")));
    }
    host.set(&key, document::first(kept)?).await
}

/// Changes a key; `change` gets `None` when there is none.
pub(crate) async fn change<H: Host, E>(
    host: &H,
    id: &str,
    mut change: impl FnMut(Option<Kept>) -> Result<Kept, E>,
) -> Result<Kept, ChangeError<E>> {
    document::change(host, &key_of(id), |kept: Option<Kept>| {
        let kept = change(kept.filter(|kept| !kept.revoked))?;
        Ok((kept.clone(), kept))
    })
    .await
}

/// Deletes a key if `check` gives it back, which gets `None` when there is none.
///
/// Stores cannot compare and delete at once, so the key is marked first: whoever would change it at the same time
/// finds it gone, and does not bring it back.
pub(crate) async fn remove<H: Host, E>(
    host: &H,
    id: &str,
    mut check: impl FnMut(Option<Kept>) -> Result<Kept, E>,
) -> Result<(), ChangeError<E>> {
    change(host, id, |kept| check(kept).map(|kept| Kept { version: kept.version + 1, revoked: true, ..kept })).await?;
    Ok(host.delete(&key_of(id)).await?)
}
