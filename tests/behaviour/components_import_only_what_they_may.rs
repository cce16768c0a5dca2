//! What the built components import is all that they can reach.

use tests::project;
use wit_component::{ComponentEncoder, DecodedWasm};

/// Interfaces by which nothing can be reached: no network, file, storage, variable or environment value.
const HARMLESS: [&str; 4] = ["wasi:clocks/", "wasi:io/error", "wasi:io/poll", "wasi:random/"];

#[test]
fn execution_imports_nothing() {
    let imports = imports("execution");
    assert!(imports.is_empty(), "{imports:?}");
}

#[test]
fn discovery_imports_nothing_that_reaches_outside() {
    let reaching: Vec<String> = imports("discovery")
        .into_iter()
        .filter(|import| !HARMLESS.iter().any(|harmless| import.starts_with(harmless)))
        .collect();
    assert!(reaching.is_empty(), "{reaching:?}");
}

#[test]
fn registry_and_gateway_reach_neither_files_nor_sockets() {
    for component in ["registry", "gateway"] {
        let reaching: Vec<String> = imports(component)
            .into_iter()
            .filter(|import| import.starts_with("wasi:filesystem/") || import.starts_with("wasi:sockets/"))
            .collect();
        assert!(reaching.is_empty(), "{component}: {reaching:?}");
    }
}

/// The check itself sees imports: the registry reaches servers.
#[test]
fn registry_imports_http() {
    let imports = imports("registry");
    assert!(imports.iter().any(|import| import.starts_with("wasi:http/client@0.3")), "{imports:?}");
}

/// The names of what a built component imports.
fn imports(name: &str) -> Vec<String> {
    let bytes = project::component(name);
    let component = match wasmparser::Parser::is_core_wasm(&bytes) {
        true => ComponentEncoder::default()
            .module(&bytes)
            .expect("a core module that says which component it is")
            .validate(true)
            .encode()
            .expect("the component encodes"),
        false => bytes,
    };
    let DecodedWasm::Component(resolve, world) = wit_component::decode(&component).expect("a component") else {
        panic!("{name} is not a component");
    };
    resolve.worlds[world].imports.keys().map(|key| resolve.name_world_key(key)).collect()
}
