//! Bobbin's own host: it serves the components of a `spin.toml` on wasmtime, where Spin is not installed, and inside of
//! tests.
//!
//! What it serves is what Spin serves: the same manifest, the same `.wasm` files, the same interfaces (WASI, and Spin's
//! key-value stores and variables). It offers no more than Bobbin needs, and refuses what it does not understand.
//!
//! - [`EmbeddedApplication`] is one that the program carries, which [`bundle`] writes for it.
//! - [`manifest`] reads `spin.toml`; [`variables`] gives its variables values, [`encryption_key`] one that is secret.
//! - [`composition`] links the components into one, and refuses what a dependency does not inherit.
//! - [`runtime`] sets wasmtime up; [`key_value`] and [`outbound`] are what components reach outside.
//! - [`demo_server`] is an MCP server to try the gateway with.
//! - [`output`] is what all of it prints.
//! - `server` answers HTTP with reused instances, on the threads of `host_runtime`.
//! - [`Host`] puts these together.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod application;
pub mod bundle;
pub mod component_file;
pub mod composition;
pub mod demo_server;
pub mod encryption_key;
mod host;
mod host_runtime;
pub mod inspect;
pub mod key_value;
pub mod manifest;
pub mod outbound;
pub mod output;
mod private_file;
pub mod runtime;
mod server;
pub mod servers_file;
pub mod variables;

pub use application::{EmbeddedApplication, MachineCode};
pub use host::{Host, HostBuilder, RunningHost, StartError, is_loopback};
pub use server::{ConnectionSettings, InstanceSettings};
