//! Which component provides which import, and the graph in which they are linked.

use super::{CompositionError, capability, exports, imports, register};
use crate::manifest::{Component, Dependency, Manifest, Match};
use std::collections::BTreeMap;
use wac_graph::{CompositionGraph, EncodeOptions, PackageId};

/// An import of the served component and the component that provides it.
pub(super) struct Link<'a> {
    pub import: String,
    pub dependency: &'a Dependency,
    pub provider: PackageId,
}

/// Finds the provider of each import that a dependency names, and checks what the providers use.
pub(super) fn links<'a>(
    manifest: &'a Manifest,
    graph: &mut CompositionGraph,
    socket: PackageId,
) -> Result<Vec<Link<'a>>, CompositionError> {
    let served = manifest.served();
    let wanted = imports(graph, socket);
    let mut providers = BTreeMap::new();
    let mut links: Vec<Link<'a>> = Vec::new();
    for dependency in &served.dependencies {
        let provider = match providers.get(&dependency.component) {
            Some(provider) => *provider,
            None => register(graph, &manifest.components[&dependency.component])?,
        };
        providers.insert(&dependency.component, provider);
        capability::check_dependency(served, dependency, graph, provider)?;
        for import in matching(served, dependency, &wanted)? {
            if let Some(other) = links.iter().find(|link| link.import == import) {
                return Err(CompositionError::Ambiguous {
                    component: served.id.clone(),
                    first: Box::new(other.dependency.name.clone()),
                    second: Box::new(dependency.name.clone()),
                    import,
                });
            }
            let exported = exports(graph, provider);
            if !exported.contains(&import) {
                return Err(CompositionError::NotExported {
                    provider: dependency.component.clone(),
                    component: served.id.clone(),
                    import,
                    exports: if exported.is_empty() { "nothing".to_owned() } else { exported.join(", ") },
                });
            }
            links.push(Link { import, dependency, provider });
        }
    }
    Ok(links)
}

/// The imports that `dependency` is to satisfy; at least one.
fn matching(served: &Component, dependency: &Dependency, wanted: &[String]) -> Result<Vec<String>, CompositionError> {
    let of = |kind: Match| wanted.iter().filter(move |import| dependency.name.matches(import) == kind);
    let matching: Vec<_> = of(Match::Yes).cloned().collect();
    if !matching.is_empty() {
        return Ok(matching);
    }
    Err(match of(Match::OtherVersion).next() {
        Some(import) => CompositionError::OtherVersion {
            component: served.id.clone(),
            dependency: Box::new(dependency.name.clone()),
            import: import.clone(),
        },
        None => {
            CompositionError::Unused { component: served.id.clone(), dependency: Box::new(dependency.name.clone()) }
        }
    })
}

/// The component in which `links` are made, with the exports of the served one.
pub(super) fn linked(
    served: &Component,
    mut graph: CompositionGraph,
    socket: PackageId,
    links: &[Link],
) -> Result<Vec<u8>, CompositionError> {
    let encoding = |error: &dyn std::error::Error| CompositionError::Encoding(error.to_string());
    let consumer = graph.instantiate(socket);
    let mut instances = BTreeMap::new();
    for link in links {
        let mismatch = |error: &dyn std::error::Error| CompositionError::TypeMismatch {
            provider: link.dependency.component.clone(),
            component: served.id.clone(),
            import: link.import.clone(),
            reason: described(error),
        };
        let instance = *instances.entry(&link.dependency.component).or_insert_with(|| graph.instantiate(link.provider));
        let export = graph.alias_instance_export(instance, &link.import).map_err(|error| encoding(&error))?;
        graph.set_instantiation_argument(consumer, &link.import, export).map_err(|error| mismatch(&error))?;
    }
    for name in exports(&graph, socket) {
        let export = graph.alias_instance_export(consumer, &name).map_err(|error| encoding(&error))?;
        graph.export(export, &name).map_err(|error| encoding(&error))?;
    }
    // wasmtime validates what it compiles.
    let options = EncodeOptions { validate: false, ..Default::default() };
    graph.encode(options).map_err(|error| CompositionError::Encoding(described(&error)))
}

/// An error with what caused it, on one line.
fn described(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
