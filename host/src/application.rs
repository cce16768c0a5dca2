//! Where an application comes from: a manifest with files beside it, or the program that serves it.

use crate::composition::{CompositionError, compose};
use crate::manifest::{Manifest, ManifestError};
use crate::output::log;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use wasmtime::Engine;
use wasmtime::component::Component;

/// An application that a program carries, so that it needs no file.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedApplication {
    /// The text of its manifest. Files that this names are not looked for.
    pub manifest: &'static str,
    /// The component that those of the manifest were composed into.
    pub component: &'static [u8],
    /// Loads the machine code of `component` that the program carries as well; an error says why it does not fit.
    pub load: fn(&Engine) -> wasmtime::Result<Component>,
}

/// Where the machine code of the served component comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineCode {
    /// The program carries it.
    Embedded,
    /// It was compiled by this host, now or earlier.
    Compiled,
}

/// Where an application is.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// In the manifest at this path, and the files that it names.
    Manifest(PathBuf),
    /// In this program.
    Embedded(EmbeddedApplication),
}

impl Source {
    /// Reads the manifest.
    pub fn manifest(&self) -> Result<Manifest, ManifestError> {
        match self {
            Self::Manifest(path) => Manifest::read(path),
            Self::Embedded(application) => Manifest::parse(application.manifest, Path::new("")),
        }
    }

    /// Returns the component that is served, composed.
    pub fn component(&self, manifest: &Manifest) -> Result<Cow<'static, [u8]>, CompositionError> {
        match self {
            Self::Manifest(_) => compose(manifest).map(Cow::Owned),
            Self::Embedded(application) => Ok(Cow::Borrowed(application.component)),
        }
    }
}

/// Takes the machine code of `component` from `embedded` if it is there and fits, and else compiles it.
pub(crate) fn compiled(
    engine: &Engine,
    component: &[u8],
    embedded: Option<&EmbeddedApplication>,
) -> wasmtime::Result<(Component, MachineCode)> {
    // A manifest may well name the same components: in the archive, and where the program was built.
    if let Some(embedded) = embedded.filter(|embedded| embedded.component == component) {
        match (embedded.load)(engine) {
            Ok(loaded) => return Ok((loaded, MachineCode::Embedded)),
            Err(error) => log(format_args!(
                "the machine code in this program cannot be used here ({error:#}); compiling, which takes a while the first time"
            )),
        }
    }
    Ok((Component::new(engine, component)?, MachineCode::Compiled))
}
