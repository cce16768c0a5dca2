//! Writes the application that a program is to carry: see [`EmbeddedApplication`](crate::EmbeddedApplication).

use crate::composition::{CompositionError, compose};
use crate::manifest::{Manifest, ManifestError};
use crate::runtime::{EngineError, portable_engine};
use std::path::{Path, PathBuf};
use std::{fs, io};
use tempfile::NamedTempFile;
use wasmtime::component::Component;

// `build.rs` has the same names.
const MANIFEST: &str = "spin.toml";
const COMPONENT: &str = "application.wasm";
const MACHINE_CODE: &str = "application.cwasm";

/// Why an application is not written.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The manifest cannot be served.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The components do not fit together.
    #[error(transparent)]
    Composition(#[from] CompositionError),
    /// wasmtime cannot be set up.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The composed component cannot be compiled.
    #[error("the component cannot be compiled: {0:#}")]
    Compile(wasmtime::Error),
    /// A file cannot be read or written.
    #[error("cannot bundle {}: {source}", path.display())]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Composes the components of `manifest` and compiles them for every machine of this one's kind, and writes both to
/// `folder`, with the manifest. A file that has its content already stays as it is.
pub fn write(manifest: &Path, folder: &Path) -> Result<(), BundleError> {
    let text = fs::read(manifest).map_err(|source| BundleError::File { path: manifest.to_owned(), source })?;
    let component = compose(&Manifest::read(manifest)?)?;
    let engine = portable_engine()?;
    let machine_code =
        Component::new(&engine, &component).and_then(|compiled| compiled.serialize()).map_err(BundleError::Compile)?;
    for (name, content) in [(MANIFEST, text), (COMPONENT, component), (MACHINE_CODE, machine_code)] {
        let path = folder.join(name);
        update(&path, &content).map_err(|source| BundleError::File { path, source })?;
    }
    Ok(())
}

/// Gives a file its content, whole or not at all.
fn update(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|before| before == content) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, content)?;
    file.persist(path)?;
    Ok(())
}
