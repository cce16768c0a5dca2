//! Components on wasmtime: the engine, what an instance holds, and what it finds when it looks out.

pub(crate) mod bindings;
mod engine;
mod epochs;
mod memory;
mod portable;
mod state;
mod variables;

pub use engine::{EngineError, engine};
pub(crate) use epochs::{EPOCH, Epochs};
pub use memory::MemoryLimit;
pub use portable::portable_engine;
pub(crate) use state::{Capabilities, InstanceState, linker};
