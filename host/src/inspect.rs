//! What a WebAssembly file imports and exports.

use crate::component_file::{self, ComponentFileError};
use std::path::{Path, PathBuf};
use wac_graph::types::{Package, Types, WorldId};

/// Why a component cannot be looked into.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// It cannot be read or is no component.
    #[error(transparent)]
    File(#[from] ComponentFileError),
    /// Its type cannot be read.
    #[error("cannot read the type of the component {}: {reason}", path.display())]
    Type {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// Names of everything that the component at `path` imports, such as `wasi:http/client@0.3.0`. A core module is looked
/// at as the component that it becomes.
pub fn imports(path: impl AsRef<Path>) -> Result<Vec<String>, InspectError> {
    let (types, world) = world(path.as_ref())?;
    Ok(types[world].imports.keys().cloned().collect())
}

/// Names of everything that the component at `path` exports.
pub fn exports(path: impl AsRef<Path>) -> Result<Vec<String>, InspectError> {
    let (types, world) = world(path.as_ref())?;
    Ok(types[world].exports.keys().cloned().collect())
}

fn world(path: &Path) -> Result<(Types, WorldId), InspectError> {
    let bytes = component_file::read(path)?;
    let mut types = Types::default();
    let package = Package::from_bytes("inspected", None, bytes, &mut types)
        .map_err(|error| InspectError::Type { path: path.to_owned(), reason: format!("{error:#}") })?;
    Ok((types, package.ty()))
}
