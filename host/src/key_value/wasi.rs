//! `wasi:keyvalue@0.2.0-draft2` over the database: `store`, and `atomics` with compare-and-swap and increments.
//!
//! Its functions are synchronous: while one is under way, nothing else of the same instance runs.

use super::{DatabaseError, KeyValueView, OpenStore, Swap};
use crate::runtime::bindings::wasi::keyvalue::atomics::{self, CasError, HostCas};
use crate::runtime::bindings::wasi::keyvalue::store::{self, Error, HostBucket, KeyResponse};
use wasmtime::Result;
use wasmtime::component::{Resource, ResourceTableError};

/// A compare-and-swap that a component has begun.
pub struct Cas {
    store: OpenStore,
    key: String,
    /// The value when it was read last: by `new`, by `current`, or by the swap that failed.
    remembered: Option<Vec<u8>>,
}

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<ResourceTableError> for Error {
    fn from(error: ResourceTableError) -> Self {
        Self::Other(format!("too many handles: {error}"))
    }
}

impl KeyValueView<'_> {
    fn bucket(&self, bucket: &Resource<OpenStore>) -> Result<OpenStore> {
        Ok(self.table.get(bucket)?.clone())
    }
}

impl store::Host for KeyValueView<'_> {
    async fn open(&mut self, identifier: String) -> Result<Result<Resource<OpenStore>, Error>> {
        let store = self.key_value.open(identifier).ok_or(Error::AccessDenied);
        Ok(store.and_then(|store| Ok(self.table.push(store)?)))
    }
}

impl HostBucket for KeyValueView<'_> {
    async fn get(&mut self, bucket: Resource<OpenStore>, key: String) -> Result<Result<Option<Vec<u8>>, Error>> {
        let OpenStore { database, label } = self.bucket(&bucket)?;
        Ok(database.get(&label, key).await.map_err(Error::from))
    }

    async fn set(&mut self, bucket: Resource<OpenStore>, key: String, value: Vec<u8>) -> Result<Result<(), Error>> {
        let OpenStore { database, label } = self.bucket(&bucket)?;
        Ok(database.set(&label, key, value).await.map_err(Error::from))
    }

    async fn delete(&mut self, bucket: Resource<OpenStore>, key: String) -> Result<Result<(), Error>> {
        let OpenStore { database, label } = self.bucket(&bucket)?;
        Ok(database.delete(&label, key).await.map_err(Error::from))
    }

    async fn exists(&mut self, bucket: Resource<OpenStore>, key: String) -> Result<Result<bool, Error>> {
        let OpenStore { database, label } = self.bucket(&bucket)?;
        Ok(database.exists(&label, key).await.map_err(Error::from))
    }

    /// All keys at once; there are no cursors, as in Spin.
    async fn list_keys(
        &mut self,
        bucket: Resource<OpenStore>,
        cursor: Option<String>,
    ) -> Result<Result<KeyResponse, Error>> {
        if cursor.is_some() {
            return Ok(Err(Error::Other("list-keys takes no cursor".to_owned())));
        }
        let OpenStore { database, label } = self.bucket(&bucket)?;
        let keys = database.keys(&label).await.map_err(Error::from);
        Ok(keys.map(|keys| KeyResponse { keys, cursor: None }))
    }

    async fn drop(&mut self, bucket: Resource<OpenStore>) -> Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl HostCas for KeyValueView<'_> {
    async fn new(&mut self, bucket: Resource<OpenStore>, key: String) -> Result<Result<Resource<Cas>, Error>> {
        let store = self.bucket(&bucket)?;
        Ok(match store.database.get(&store.label, key.clone()).await {
            Ok(remembered) => self.table.push(Cas { store, key, remembered }).map_err(Error::from),
            Err(error) => Err(error.into()),
        })
    }

    async fn current(&mut self, cas: Resource<Cas>) -> Result<Result<Option<Vec<u8>>, Error>> {
        let Cas { store: OpenStore { database, label }, key, .. } = self.table.get(&cas)?;
        let (database, label, key) = (database.clone(), label.clone(), key.clone());
        Ok(match database.get(&label, key).await {
            Ok(value) => {
                self.table.get_mut(&cas)?.remembered.clone_from(&value);
                Ok(value)
            }
            Err(error) => Err(error.into()),
        })
    }

    async fn drop(&mut self, cas: Resource<Cas>) -> Result<()> {
        self.table.delete(cas)?;
        Ok(())
    }
}

impl atomics::Host for KeyValueView<'_> {
    async fn increment(&mut self, bucket: Resource<OpenStore>, key: String, delta: i64) -> Result<Result<i64, Error>> {
        let OpenStore { database, label } = self.bucket(&bucket)?;
        Ok(database.increment(&label, key, delta).await.map_err(Error::from))
    }

    async fn swap(&mut self, cas: Resource<Cas>, value: Vec<u8>) -> Result<Result<(), CasError>> {
        let Cas { store, key, remembered } = self.table.delete(cas)?;
        Ok(match store.database.swap(&store.label, key.clone(), remembered, value).await {
            Ok(Swap::Done) => Ok(()),
            Ok(Swap::Failed { current }) => Err(match self.table.push(Cas { store, key, remembered: current }) {
                Ok(anew) => CasError::CasFailed(anew),
                Err(error) => CasError::StoreError(error.into()),
            }),
            Err(error) => Err(CasError::StoreError(error.into())),
        })
    }
}
