//! Search and TypeScript declarations as a component that imports nothing.
//!
//! It fits `bobbin:discovery/catalogs` to the crates `tool-search` and `typescript`.

mod catalog;

#[allow(unsafe_code, missing_docs)] // Generated: the canonical ABI is unsafe Rust.
mod bindings {
    wit_bindgen::generate!({ world: "discovery", path: "../../wit/discovery" });
}

use bindings::exports::bobbin::discovery::catalogs::Guest;

struct Discovery;

impl Guest for Discovery {
    type Catalog = catalog::Catalog;

    fn learn(known: Option<String>, _results: Vec<String>, _now_ms: u64) -> String {
        known.unwrap_or_default()
    }
}

#[allow(unsafe_code)] // The exports are functions of the canonical ABI.
mod exports {
    super::bindings::export!(Discovery with_types_in super::bindings);
    use super::Discovery;
}
