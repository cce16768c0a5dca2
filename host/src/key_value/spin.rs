//! `spin:key-value@3.0.0` over the database.

use super::{DatabaseError, KeyValueData, KeyValueView, OpenStore};
use crate::runtime::bindings::spin::key_value::key_value::{Error, Host, HostStore, HostStoreWithStore};
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        Self::Other(error.to_string())
    }
}

impl Host for KeyValueView<'_> {}

impl HostStore for KeyValueView<'_> {
    async fn drop(&mut self, store: Resource<OpenStore>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

impl<T: 'static> HostStoreWithStore<T> for KeyValueData {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> wasmtime::Result<Result<Resource<OpenStore>, Error>> {
        accessor.with(|mut access| {
            let KeyValueView { key_value, table } = access.get();
            let store = key_value.open(label).ok_or(Error::AccessDenied);
            Ok(store.and_then(|store| table.push(store).map_err(|_| Error::StoreTableFull)))
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        let OpenStore { database, label } = opened(accessor, &store)?;
        Ok(database.get(&label, key).await.map_err(Error::from))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        let OpenStore { database, label } = opened(accessor, &store)?;
        Ok(database.set(&label, key, value).await.map_err(Error::from))
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        let OpenStore { database, label } = opened(accessor, &store)?;
        Ok(database.delete(&label, key).await.map_err(Error::from))
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
        key: String,
    ) -> wasmtime::Result<Result<bool, Error>> {
        let OpenStore { database, label } = opened(accessor, &store)?;
        Ok(database.exists(&label, key).await.map_err(Error::from))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let OpenStore { database, label } = opened(accessor, &store)?;
        let (keys, outcome) = match database.keys(&label).await {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(error.into())),
        };
        accessor.with(|mut access| {
            let outcome = async move { wasmtime::Result::<_>::Ok(outcome) };
            Ok((StreamReader::new(&mut access, keys)?, FutureReader::new(&mut access, outcome)?))
        })
    }
}

fn opened<T: 'static>(
    accessor: &Accessor<T, KeyValueData>,
    store: &Resource<OpenStore>,
) -> wasmtime::Result<OpenStore> {
    accessor.with(|mut access| Ok(access.get().table.get(store)?.clone()))
}
