//! `spin:variables@3.0.0`.

use super::bindings::spin::variables::variables::{Error, Host, HostWithStore};
use std::collections::BTreeMap;
use std::sync::Arc;
use wasmtime::component::{Accessor, HasData};

/// The values that a component sees, by name.
pub(crate) type Values = Arc<BTreeMap<String, String>>;

/// The state of an instance, as far as variables are concerned.
pub(crate) struct VariablesView<'a>(pub &'a Values);

/// Names `VariablesView` to the engine.
pub(crate) struct VariablesData;

impl HasData for VariablesData {
    type Data<'a> = VariablesView<'a>;
}

impl Host for VariablesView<'_> {}

impl<T: 'static> HostWithStore<T> for VariablesData {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> wasmtime::Result<Result<String, Error>> {
        let values = accessor.with(|mut access| access.get().0.clone());
        Ok(match values.get(&name) {
            Some(value) => Ok(value.clone()),
            None if is_name(&name) => Err(Error::Undefined(name)),
            None => Err(Error::InvalidName(name)),
        })
    }
}

/// Names begin with a lower-case letter and go on with lower-case letters, digits and single underscores.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.ends_with('_')
        && !name.contains("__")
}
