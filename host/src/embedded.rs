//! The application that this command carries, if `scripts/build` put one into it.
//!
//! Its machine code is compiled when the command is built and not when it starts, so that the first answer is there
//! within a second. It is part of the program file, and not a file beside it: wasmtime runs machine code as it is, so
//! nobody but who can change the program may be able to change it.

use bobbin::EmbeddedApplication;
use wasmtime::Engine;
use wasmtime::component::Component;

// Written by `bobbin bundle`, all three at once; empty when the command was built without.
static MANIFEST: &str = include_str!(concat!(env!("BOBBIN_APPLICATION"), "/spin.toml"));
static COMPONENT: &[u8] = include_bytes!(concat!(env!("BOBBIN_APPLICATION"), "/application.wasm"));
static MACHINE_CODE: &[u8] = include_bytes!(concat!(env!("BOBBIN_APPLICATION"), "/application.cwasm"));

/// Returns the application; `None` if the command was built without one.
pub fn application() -> Option<EmbeddedApplication> {
    let is_there = !MANIFEST.is_empty() && !COMPONENT.is_empty();
    is_there.then_some(EmbeddedApplication { manifest: MANIFEST, component: COMPONENT, load })
}

/// Loads the machine code. wasmtime refuses it if it was compiled by another version or with other settings, for
/// another system, or for processor features that this machine does not have.
#[allow(unsafe_code)]
fn load(engine: &Engine) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are a part of this program, which `Component::serialize` wrote when it was built.
    unsafe { Component::deserialize(engine, MACHINE_CODE) }
}
