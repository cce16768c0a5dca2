//! Reading WebAssembly files as components.

use std::io;
use std::path::{Path, PathBuf};
use wit_component::ComponentEncoder;

/// Why a file is no component.
#[derive(Debug, thiserror::Error)]
pub enum ComponentFileError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is neither a component nor a core module.
    #[error("{} is not WebAssembly", .0.display())]
    NotWebAssembly(PathBuf),
    /// It is a core module that cannot be turned into a component.
    #[error("{} is a core module that cannot be turned into a component: {reason}", path.display())]
    Module {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// The component at `path`. A core module, as rustc writes it for `wasm32-unknown-unknown`, is turned into the
/// component that its `component-type` section describes, as Spin does.
pub fn read(path: &Path) -> Result<Vec<u8>, ComponentFileError> {
    let bytes =
        std::fs::read(path).map_err(|source| ComponentFileError::Unreadable { path: path.to_owned(), source })?;
    if wasmparser::Parser::is_component(&bytes) {
        return Ok(bytes);
    }
    if !wasmparser::Parser::is_core_wasm(&bytes) {
        return Err(ComponentFileError::NotWebAssembly(path.to_owned()));
    }
    // wasmtime validates what it compiles.
    let encoded = ComponentEncoder::default().validate(false).module(&bytes).and_then(|encoder| encoder.encode());
    encoded.map_err(|error| ComponentFileError::Module { path: path.to_owned(), reason: format!("{error:#}") })
}
