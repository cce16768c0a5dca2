//! Which part of a component's configuration an import draws on.

use super::link::Link;
use super::{CompositionError, imports};
use crate::manifest::{Component, Configuration, Dependency, split_version};
use wac_graph::{CompositionGraph, PackageId};

/// What an import needs.
#[derive(Debug, PartialEq, Eq)]
enum Need {
    /// Nothing: the standard library links it, and here it reaches no file, socket or environment value.
    Nothing,
    /// A part of the configuration.
    Configuration(Configuration),
    /// Something that this host does not know.
    Unknown,
}

/// Interfaces of this host, without WASI: nothing else of Spin is offered.
const OFFERED: [&str; 4] = [
    "spin:key-value/key-value@3.0.0",
    "spin:variables/variables@3.0.0",
    "wasi:keyvalue/atomics@0.2.0-draft2",
    "wasi:keyvalue/store@0.2.0-draft2",
];

fn need(import: &str) -> Need {
    use Configuration::{AiModels, AllowedOutboundHosts, KeyValueStores, SqliteDatabases, Variables};
    let (path, _) = split_version(import);
    let (package, interface) = path.split_once('/').unwrap_or((path, ""));
    match (package, interface) {
        ("wasi:cli" | "wasi:filesystem" | "wasi:io" | "wasi:clocks" | "wasi:random", _) => Need::Nothing,
        ("wasi:http", "types") => Need::Nothing,
        ("wasi:http" | "wasi:sockets", _) => Need::Configuration(AllowedOutboundHosts),
        ("spin:redis" | "spin:mqtt" | "spin:mysql" | "spin:postgres", _) => Need::Configuration(AllowedOutboundHosts),
        ("fermyon:spin", "redis" | "mqtt" | "mysql" | "postgres" | "http") => Need::Configuration(AllowedOutboundHosts),
        ("spin:key-value" | "wasi:keyvalue", _) | ("fermyon:spin", "key-value") => Need::Configuration(KeyValueStores),
        ("spin:sqlite", _) | ("fermyon:spin", "sqlite") => Need::Configuration(SqliteDatabases),
        ("spin:variables" | "wasi:config", _) | ("fermyon:spin", "variables" | "config") => {
            Need::Configuration(Variables)
        }
        ("fermyon:spin", "llm") => Need::Configuration(AiModels),
        _ => Need::Unknown,
    }
}

/// Whether this host implements `import`. Versions of WASI are left to the engine, which takes compatible ones.
fn offered(import: &str) -> bool {
    import.starts_with("wasi:http/") && import.contains("@0.3.")
        || import.starts_with("wasi:sockets/")
        || need(import) == Need::Nothing && !import.starts_with("wasi:http/")
        || OFFERED.contains(&import)
}

/// Refuses a dependency that imports something that it does not inherit, or that nobody provides.
pub(super) fn check_dependency(
    dependent: &Component,
    dependency: &Dependency,
    graph: &CompositionGraph,
    package: PackageId,
) -> Result<(), CompositionError> {
    for import in imports(graph, package) {
        match need(&import) {
            Need::Configuration(configuration) if !dependency.inheritance.includes(configuration) => {
                return Err(CompositionError::NotInherited {
                    component: dependency.component.clone(),
                    import,
                    configuration,
                    dependency: Box::new(dependency.name.clone()),
                    dependent: dependent.id.clone(),
                });
            }
            _ if offered(&import) => {}
            _ => return Err(CompositionError::Unprovided { component: dependency.component.clone(), import }),
        }
    }
    Ok(())
}

/// Refuses a served component that imports something that nobody provides.
pub(super) fn check_served(
    served: &Component,
    links: &[Link],
    graph: &CompositionGraph,
    package: PackageId,
) -> Result<(), CompositionError> {
    let unprovided = imports(graph, package)
        .into_iter()
        .find(|import| !offered(import) && !links.iter().any(|link| link.import == *import));
    match unprovided {
        None => Ok(()),
        Some(import) => Err(CompositionError::Unprovided { component: served.id.clone(), import }),
    }
}
