//! Where things are in the project.

use std::path::PathBuf;

/// The path of a file of the project, from its root.
pub fn path(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the project").join(relative)
}

/// The component of this name, as `scripts/build` builds it.
///
/// # Panics
/// When it has not been built.
pub fn component(name: &str) -> Vec<u8> {
    let target = match name {
        "gateway" | "registry" => "wasm32-wasip2",
        _ => "wasm32-unknown-unknown",
    };
    let path = path(&format!("target/{target}/component/{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run scripts/build", path.display()))
}
