//! From the components of a manifest to the one component that is served: each dependency is linked to the imports
//! that it satisfies, and may use nothing that it does not inherit.

mod capability;
mod link;

use crate::component_file::{self, ComponentFileError};
use crate::manifest::{Component, Configuration, DependencyName, Manifest};
use std::fmt;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, PackageId};

/// Why the components of a manifest cannot become one.
#[derive(Debug, thiserror::Error)]
pub enum CompositionError {
    /// The WebAssembly file of a component is missing or cannot be used.
    #[error("component `{component}`: {source}{hint}")]
    File {
        /// Id of the component.
        component: String,
        /// What is wrong with its file.
        source: ComponentFileError,
        /// How to build it.
        hint: BuildHint,
    },
    /// The type of a component cannot be read.
    #[error("component `{component}`: cannot read its type: {reason}")]
    Type {
        /// Id of the component.
        component: String,
        /// Why not.
        reason: String,
    },
    /// A dependency uses something that it does not inherit.
    #[error(
        "component `{component}` imports `{import}`, which it does not inherit: add \"{configuration}\" to `inherit_configuration` of \"{dependency}\" in [component.{dependent}.dependencies], or remove the import"
    )]
    NotInherited {
        /// Id of the component that has the import.
        component: String,
        /// The import.
        import: String,
        /// What it would have to inherit.
        configuration: Configuration,
        /// Name of the dependency.
        dependency: Box<DependencyName>,
        /// Id of the component that has the dependency.
        dependent: String,
    },
    /// An import that neither a dependency nor this host provides.
    #[error("component `{component}` imports `{import}`, which neither a dependency nor this host provides")]
    Unprovided {
        /// Id of the component.
        component: String,
        /// The import.
        import: String,
    },
    /// A dependency's name has another version than the import.
    #[error(
        "[component.{component}.dependencies] \"{dependency}\": the component imports `{import}`, and the versions must be equal"
    )]
    OtherVersion {
        /// Id of the component that has the dependency.
        component: String,
        /// Name of the dependency.
        dependency: Box<DependencyName>,
        /// The import in another version.
        import: String,
    },
    /// A dependency that satisfies no import.
    #[error("[component.{component}.dependencies] \"{dependency}\": the component imports nothing of that name")]
    Unused {
        /// Id of the component that has the dependency.
        component: String,
        /// Name of the dependency.
        dependency: Box<DependencyName>,
    },
    /// Two dependencies satisfy the same import.
    #[error("[component.{component}.dependencies] \"{first}\" and \"{second}\" both provide `{import}`")]
    Ambiguous {
        /// Id of the component that has the dependencies.
        component: String,
        /// The one.
        first: Box<DependencyName>,
        /// The other.
        second: Box<DependencyName>,
        /// The import.
        import: String,
    },
    /// The component behind a dependency does not export what it is to provide.
    #[error("component `{provider}` is to provide `{import}` to `{component}`, and exports {exports}")]
    NotExported {
        /// Id of the component that provides.
        provider: String,
        /// Id of the component that imports.
        component: String,
        /// The import.
        import: String,
        /// What it does export.
        exports: String,
    },
    /// The two sides disagree on the type of an interface.
    #[error("component `{provider}` cannot provide `{import}` to `{component}`: {reason}")]
    TypeMismatch {
        /// Id of the component that provides.
        provider: String,
        /// Id of the component that imports.
        component: String,
        /// The import.
        import: String,
        /// Where they differ.
        reason: String,
    },
    /// The linked components do not make a component.
    #[error("the components cannot be composed: {0}")]
    Encoding(String),
}

/// Says how a component is built, after the news that its file cannot be used.
#[derive(Debug)]
pub struct BuildHint(Option<String>);

impl fmt::Display for BuildHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => Ok(()),
            Some(command) => write!(f, "\nBuild it with: {command}"),
        }
    }
}

impl BuildHint {
    fn of(component: &Component) -> Self {
        Self(component.build.as_ref().map(|build| {
            let commands = build.commands.join(" && ");
            match build.directory.as_os_str().is_empty() {
                true => commands,
                false => format!("cd {} && {commands}", build.directory.display()),
            }
        }))
    }
}

/// Composes the component that `manifest` serves with its dependencies.
pub fn compose(manifest: &Manifest) -> Result<Vec<u8>, CompositionError> {
    let served = manifest.served();
    let mut graph = CompositionGraph::new();
    let socket = register(&mut graph, served)?;
    let links = link::links(manifest, &mut graph, socket)?;
    capability::check_served(served, &links, &graph, socket)?;
    link::linked(served, graph, socket, &links)
}

/// Reads the file of `component` into `graph`.
fn register(graph: &mut CompositionGraph, component: &Component) -> Result<PackageId, CompositionError> {
    let id = || component.id.clone();
    let bytes = component_file::read(&component.source).map_err(|source| CompositionError::File {
        component: id(),
        source,
        hint: BuildHint::of(component),
    })?;
    let package = Package::from_bytes(&component.id, None, bytes, graph.types_mut())
        .map_err(|error| CompositionError::Type { component: id(), reason: format!("{error:#}") })?;
    graph.register_package(package).map_err(|error| CompositionError::Encoding(error.to_string()))
}

/// Names of what a component imports.
fn imports(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    graph.types()[graph[package].ty()].imports.keys().cloned().collect()
}

/// Names of what a component exports.
fn exports(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    graph.types()[graph[package].ty()].exports.keys().cloned().collect()
}
