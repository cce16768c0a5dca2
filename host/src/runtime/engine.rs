//! The engine, with the WebAssembly features that Spin has, and its cache of compiled code.

use crate::output::log;
use std::error::Error;
use wasmtime::{Cache, CacheConfig, Config, Engine};

/// wasmtime cannot be set up on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot set wasmtime up: {0}")]
pub struct EngineError(#[source] Box<dyn Error + Send + Sync>);

impl From<wasmtime::Error> for EngineError {
    fn from(error: wasmtime::Error) -> Self {
        Self(error.into())
    }
}

/// The engine for every component of an application.
///
/// Components may be asynchronous (callback ABI); stackful async, threads and error contexts are off, and the native
/// stack has wasmtime's default size, all as in Spin, so that what runs here runs there. Compiled code is kept in
/// wasmtime's directory in the user's cache, by content; without a usable cache it is compiled at every start.
pub fn engine() -> Result<Engine, EngineError> {
    Ok(Engine::new(&configuration())?)
}

/// What every engine has in common, so that each takes the machine code of the others.
pub(super) fn configuration() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .wasm_component_model_async_stackful(false)
        .wasm_component_model_threading(false)
        .wasm_component_model_error_context(false)
        // A component that computes is asked again and again whether it may go on (see `server::computing`).
        .epoch_interruption(true)
        .parallel_compilation(true)
        // The components are stripped; frames without names would only fill the log.
        .wasm_backtrace_max_frames(None)
        .cache(cache());
    config
}

fn cache() -> Option<Cache> {
    match Cache::new(CacheConfig::new()) {
        Ok(cache) => Some(cache),
        Err(error) => {
            log(format_args!("compiled code is not cached: {error:#}"));
            None
        }
    }
}
