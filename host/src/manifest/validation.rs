//! From the text's shape to an application that this host can serve, or the reason why it cannot.

use super::dependency::{InvalidDependencyName, UnknownConfiguration};
use super::document::{self, Commands, Document, Inherit};
use super::{Build, Component, Dependency, Inheritance, Manifest, VariableDeclaration};
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// The one key-value store that this host keeps.
const STORE: &str = "default";

/// Why a manifest cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("cannot read the manifest {}: {source}", path.display())]
    Unreadable {
        /// Path of the manifest.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file can be read, and something in it is wrong.
    #[error("{}: {source}", path.display())]
    In {
        /// Path of the manifest.
        path: PathBuf,
        /// What is wrong.
        source: Box<ManifestError>,
    },
    /// It is not TOML, or has a key or a value that this host does not understand.
    #[error("{0}")]
    Document(#[from] toml::de::Error),
    /// Another manifest version.
    #[error("`spin_manifest_version` is {0}; this host reads version 2")]
    Version(u32),
    /// Routes other than one for everything.
    #[error("this host serves one `[[trigger.http]]` with `route = \"/...\"`; the manifest has {0}")]
    Routes(Routes),
    /// A trigger or a dependency names a component that is not there.
    #[error("{wanted_by} names the component `{component}`, and there is no `[component.{component}]`")]
    MissingComponent {
        /// Who names it.
        wanted_by: String,
        /// The component.
        component: String,
    },
    /// A dependency's name is malformed.
    #[error("[component.{component}.dependencies]: {source}")]
    DependencyName {
        /// The component that has the dependency.
        component: String,
        /// What is wrong.
        source: InvalidDependencyName,
    },
    /// `inherit_configuration` is malformed.
    #[error("[component.{component}.dependencies] \"{dependency}\": {source}")]
    Inheritance {
        /// The component that has the dependency.
        component: String,
        /// Name of the dependency.
        dependency: String,
        /// What is wrong.
        source: UnknownConfiguration,
    },
    /// A component that others depend on has configuration of its own, which would not be used.
    #[error(
        "[component.{component}] serves `{dependent}` as a dependency, so its own `{key}` would not be used: move it to [component.{dependent}] and list it in `inherit_configuration`"
    )]
    OwnConfiguration {
        /// The component that is depended on.
        component: String,
        /// The component that depends on it.
        dependent: String,
        /// The key that would not be used.
        key: &'static str,
    },
    /// A component that others depend on has dependencies itself.
    #[error(
        "[component.{component}] serves `{dependent}` as a dependency and has dependencies itself; those are not linked"
    )]
    NestedDependencies {
        /// The component that is depended on.
        component: String,
        /// The component that depends on it.
        dependent: String,
    },
    /// A key-value store other than `default`.
    #[error("[component.{component}] `key_value_stores` has `{store}`; this host keeps one store, `default`")]
    UnknownStore {
        /// The component.
        component: String,
        /// The label.
        store: String,
    },
    /// A variable is required and has a default.
    #[error("[variables] `{0}` has `required = true` and a `default`; only one of them can be meant")]
    RequiredWithDefault(String),
    /// A variable has neither a value nor says that one is required.
    #[error("[variables] `{0}` needs either a `default` or `required = true`")]
    NeitherRequiredNorDefault(String),
}

/// The routes of a manifest, for an error.
#[derive(Debug)]
pub struct Routes(Vec<String>);

impl fmt::Display for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("no `[[trigger.http]]`"),
            routes => write!(f, "`{}`", routes.join("`, `")),
        }
    }
}

pub(super) fn validated(document: Document, directory: &Path) -> Result<Manifest, ManifestError> {
    if document.spin_manifest_version != 2 {
        return Err(ManifestError::Version(document.spin_manifest_version));
    }
    let [trigger] = document.trigger.http.as_slice() else { return Err(unsupported_routes(&document)) };
    if trigger.route != "/..." {
        return Err(unsupported_routes(&document));
    }
    let served = trigger.component.clone();

    let variables = document.variables.into_iter().map(declaration).collect::<Result<_, _>>()?;
    let components = document
        .component
        .into_iter()
        .map(|(id, written)| Ok((id.clone(), component(id, written, directory)?)))
        .collect::<Result<_, ManifestError>>()?;
    let manifest = Manifest { variables, served, components };

    require(&manifest, &manifest.served, || "[[trigger.http]]".to_owned())?;
    for dependent in manifest.components.values() {
        for dependency in &dependent.dependencies {
            let provider = require(&manifest, &dependency.component, || {
                format!("[component.{}.dependencies] \"{}\"", dependent.id, dependency.name)
            })?;
            without_own_configuration(provider, &dependent.id)?;
        }
    }
    Ok(manifest)
}

fn unsupported_routes(document: &Document) -> ManifestError {
    ManifestError::Routes(Routes(document.trigger.http.iter().map(|trigger| trigger.route.clone()).collect()))
}

fn declaration((name, written): (String, document::Variable)) -> Result<(String, VariableDeclaration), ManifestError> {
    match (written.required, &written.default) {
        (true, Some(_)) => Err(ManifestError::RequiredWithDefault(name)),
        (false, None) => Err(ManifestError::NeitherRequiredNorDefault(name)),
        _ => Ok((name, VariableDeclaration { default: written.default })),
    }
}

fn component(id: String, written: document::Component, directory: &Path) -> Result<Component, ManifestError> {
    if let Some(store) = written.key_value_stores.iter().find(|label| *label != STORE) {
        return Err(ManifestError::UnknownStore { component: id, store: store.clone() });
    }
    let dependencies = written
        .dependencies
        .into_iter()
        .map(|(name, written)| dependency(&id, name, written))
        .collect::<Result<_, _>>()?;
    let build = written.build.map(|build| Build {
        commands: match build.command {
            Commands::One(command) => vec![command],
            Commands::Many(commands) => commands,
        },
        directory: build.workdir.map_or_else(|| directory.to_owned(), |workdir| directory.join(workdir)),
    });
    Ok(Component {
        id,
        source: directory.join(written.source),
        build,
        allowed_outbound_hosts: written.allowed_outbound_hosts,
        key_value_stores: written.key_value_stores,
        variables: written.variables,
        dependencies,
    })
}

fn dependency(component: &str, name: String, written: document::Dependency) -> Result<Dependency, ManifestError> {
    let inheritance = match written.inherit_configuration {
        Inherit::All(true) => Inheritance::All,
        Inherit::All(false) => Inheritance::Only(Default::default()),
        Inherit::Some(names) => {
            Inheritance::Only(names.iter().map(|name| name.parse()).collect::<Result<_, _>>().map_err(|source| {
                ManifestError::Inheritance { component: component.to_owned(), dependency: name.clone(), source }
            })?)
        }
    };
    let name =
        name.parse().map_err(|source| ManifestError::DependencyName { component: component.to_owned(), source })?;
    Ok(Dependency { name, component: written.component, inheritance })
}

fn require<'a>(
    manifest: &'a Manifest,
    component: &str,
    wanted_by: impl FnOnce() -> String,
) -> Result<&'a Component, ManifestError> {
    manifest
        .components
        .get(component)
        .ok_or_else(|| ManifestError::MissingComponent { wanted_by: wanted_by(), component: component.to_owned() })
}

/// Spin uses the configuration of the component that has the dependency, and links no dependencies of dependencies.
fn without_own_configuration(provider: &Component, dependent: &str) -> Result<(), ManifestError> {
    if !provider.dependencies.is_empty() {
        return Err(ManifestError::NestedDependencies {
            component: provider.id.clone(),
            dependent: dependent.to_owned(),
        });
    }
    let own = [
        ("allowed_outbound_hosts", !provider.allowed_outbound_hosts.is_empty()),
        ("key_value_stores", !provider.key_value_stores.is_empty()),
        ("variables", !provider.variables.is_empty()),
    ];
    match own.into_iter().find(|(_, present)| *present) {
        None => Ok(()),
        Some((key, _)) => Err(ManifestError::OwnConfiguration {
            component: provider.id.clone(),
            dependent: dependent.to_owned(),
            key,
        }),
    }
}
