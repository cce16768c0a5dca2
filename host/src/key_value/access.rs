//! What a component may do with stores, and the stores that it has opened.

use super::Database;
use std::collections::BTreeSet;
use std::sync::Arc;
use wasmtime::component::{HasData, ResourceTable};

/// What a component may do with stores.
#[derive(Clone)]
pub(crate) struct KeyValue {
    pub database: Arc<Database>,
    /// Labels in `key_value_stores` of the component.
    pub allowed: Arc<BTreeSet<String>>,
}

impl KeyValue {
    /// The store with that label, if the component may use it.
    pub(super) fn open(&self, label: String) -> Option<OpenStore> {
        let is_allowed = self.allowed.contains(&label);
        is_allowed.then(|| OpenStore { database: self.database.clone(), label: label.into() })
    }
}

/// A store that a component has opened.
#[derive(Clone)]
pub struct OpenStore {
    pub(super) database: Arc<Database>,
    pub(super) label: Arc<str>,
}

/// The state of an instance, as far as stores are concerned.
pub(crate) struct KeyValueView<'a> {
    pub key_value: &'a KeyValue,
    pub table: &'a mut ResourceTable,
}

/// Names `KeyValueView` to the engine.
pub(crate) struct KeyValueData;

impl HasData for KeyValueData {
    type Data<'a> = KeyValueView<'a>;
}
