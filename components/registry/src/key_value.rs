//! The store `default`: `spin:key-value` for reading and writing, which waits without holding up other requests of the
//! instance, and `wasi:keyvalue/atomics` where several instances may write the same key.

use crate::bindings::wasi::keyvalue::{
    atomics::{self, Cas, CasError},
    store::{self, Bucket},
};
use crate::wasi_host::WasiHost;
use server_registry::{Change, Store, StoreError, Swap};
use spin_sdk::key_value;

/// Label of the store in the manifest.
const LABEL: &str = "default";

impl Store for WasiHost {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        open().await?.get(key).await.map_err(|error| failed(&error))
    }

    async fn set(&self, key: &str, value: Vec<u8>) -> Result<(), StoreError> {
        open().await?.set(key, value).await.map_err(|error| failed(&error))
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        open().await?.delete(key).await.map_err(|error| failed(&error))
    }

    async fn keys(&self) -> Result<Vec<String>, StoreError> {
        // Not `get-keys` of `spin:key-value`, which gives them as a stream: Spin 4.1 holds the SQLite store locked until
        // the stream is read, and an instance that uses the store meanwhile waits for itself; of Redis the stream may
        // have a key twice.
        let bucket = bucket()?;
        let mut listed = bucket.list_keys(None).map_err(|error| atomics_failed(&error))?;
        let mut keys = listed.keys;
        while let Some(cursor) = listed.cursor.take() {
            listed = bucket.list_keys(Some(&cursor)).map_err(|error| atomics_failed(&error))?;
            keys.append(&mut listed.keys);
        }
        Ok(keys)
    }

    async fn swap(&self, key: &str, change: &mut Change<'_>) -> Result<Swap, StoreError> {
        // To the end: when a swap fails, Spin makes the next `cas` from the bucket of this one.
        let bucket = bucket()?;
        let cas = Cas::new(&bucket, key).map_err(|error| atomics_failed(&error))?;
        let current = cas.current().map_err(|error| atomics_failed(&error))?;
        let Some(value) = change(current.as_deref()) else { return Ok(Swap::Left) };
        let swapped = atomics::swap(cas, &value);
        match swapped {
            Ok(()) => Ok(Swap::Done),
            Err(CasError::CasFailed(_)) => Ok(Swap::Lost),
            Err(CasError::StoreError(error)) => Err(atomics_failed(&error)),
        }
    }

    async fn increment(&self, key: &str, by: u32) -> Result<i64, StoreError> {
        atomics::increment(&bucket()?, key, by.into()).map_err(|error| atomics_failed(&error))
    }
}

async fn open() -> Result<key_value::Store, StoreError> {
    key_value::Store::open(LABEL).await.map_err(|error| failed(&error))
}

fn bucket() -> Result<Bucket, StoreError> {
    store::open(LABEL).map_err(|error| atomics_failed(&error))
}

fn failed(error: &key_value::Error) -> StoreError {
    StoreError(error.to_string())
}

fn atomics_failed(error: &store::Error) -> StoreError {
    StoreError(match error {
        store::Error::NoSuchStore => "there is no store \"default\"".to_string(),
        store::Error::AccessDenied => "the store \"default\" may not be used".to_string(),
        store::Error::Other(reason) => reason.clone(),
    })
}
