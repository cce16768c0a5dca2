//! `usage/<day>/<shard>`: what was counted, in the form of [`usage`].

use super::document::{self, ChangeError};
use crate::host::{Host, StoreError};
use serde_json::Value;
use usage::{Batch, RecordError};

/// Adds a batch to a record. Where the store overwrites what another one has just begun (Spin's SQLite), the batch of one
/// of the two is lost.
pub(crate) async fn add<H: Host>(host: &H, key: &str, batch: &Batch) -> Result<(), ChangeError<RecordError>> {
    document::change(host, key, |stored: Option<Value>| {
        let stored = stored.map(|stored| stored.to_string());
        let merged = usage::merge(stored.as_ref().map(String::as_bytes), batch)?;
        let merged = serde_json::from_slice(&merged).expect("what was merged is JSON");
        Ok((merged, ()))
    })
    .await
}

/// Loads a record; `None` when it is not there, or cannot be read.
pub(crate) async fn load<H: Host>(host: &H, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(bytes) = host.get(key).await? else { return Ok(None) };
    let record: Option<Value> = document::read(key, &bytes).ok();
    Ok(record.map(|record| record.to_string().into_bytes()))
}
