//! The interfaces that the gateway imports (`wit/`), as Rust types and functions.
//!
//! They are a crate of their own so that the code that uses the types is tested natively. The functions
//! and the resources work in a component only; anywhere else they panic.

#[allow(unsafe_code, missing_docs)] // Generated: the canonical ABI is unsafe Rust.
mod bindings {
    wit_bindgen::generate!({
        world: "bobbin:gateway/gateway",
        path: ["../../wit/registry", "../../wit/discovery", "../../wit/execution", "../../wit/gateway"],
        additional_derives: [PartialEq],
        // A stream is equal to nothing.
        additional_derives_ignore: ["forwarded-response"],
        generate_all,
    });
}

pub use bindings::bobbin::{
    discovery::catalogs as discovery, execution::sessions as execution, registry::servers as registry,
};
