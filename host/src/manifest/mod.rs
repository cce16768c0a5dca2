//! The manifest: `spin.toml`, manifest version 2, as far as Bobbin needs it.
//!
//! The format is Spin's; see "Spin application manifest reference" in Spin's documentation.

mod dependency;
mod document;
mod validation;

pub use dependency::{Configuration, Dependency, DependencyName, Inheritance, Match, split_version};
pub use validation::ManifestError;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// An application that this host can serve.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Declared variables, by name.
    pub variables: BTreeMap<String, VariableDeclaration>,
    /// Id of the component that answers every HTTP request.
    pub served: String,
    /// The components, by id.
    pub components: BTreeMap<String, Component>,
}

/// One entry of `[variables]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableDeclaration {
    /// The value when nobody gives one; without a default the variable is required.
    pub default: Option<String>,
}

/// One `[component.…]`.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its id in the manifest.
    pub id: String,
    /// Path of its WebAssembly file.
    pub source: PathBuf,
    /// How the file is built, when the manifest says so.
    pub build: Option<Build>,
    /// Where it may send HTTP requests, as written.
    pub allowed_outbound_hosts: Vec<String>,
    /// Labels of the key-value stores that it may open.
    pub key_value_stores: Vec<String>,
    /// Its variables, as templates over those of the application.
    pub variables: BTreeMap<String, String>,
    /// Components that provide what it imports.
    pub dependencies: Vec<Dependency>,
}

/// How a component is built.
#[derive(Clone, Debug)]
pub struct Build {
    /// Shell commands, in order.
    pub commands: Vec<String>,
    /// The folder in which to run them.
    pub directory: PathBuf,
}

/// The name of the application in any manifest of Spin's, also in one that this host cannot serve.
pub fn application_name(path: &Path) -> Result<Option<String>, ManifestError> {
    let document: document::Named = toml::from_str(&text(path)?)
        .map_err(|source| ManifestError::In { path: path.to_owned(), source: Box::new(source.into()) })?;
    Ok(document.application.and_then(|application| application.name))
}

fn text(path: &Path) -> Result<String, ManifestError> {
    fs::read_to_string(path).map_err(|source| ManifestError::Unreadable { path: path.to_owned(), source })
}

impl Manifest {
    /// Reads `path`. Relative paths in it are relative to its own folder.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let directory = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text(path)?, directory)
            .map_err(|source| ManifestError::In { path: path.to_owned(), source: Box::new(source) })
    }

    /// Parses the text of a manifest whose relative paths start at `directory`.
    pub fn parse(text: &str, directory: &Path) -> Result<Self, ManifestError> {
        validation::validated(toml::from_str(text)?, directory)
    }

    /// The component that answers HTTP requests.
    pub fn served(&self) -> &Component {
        &self.components[&self.served]
    }
}
