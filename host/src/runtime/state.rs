//! What an instance holds, and the host functions that it finds.

use super::MemoryLimit;
use super::bindings::{spin, wasi};
use super::variables::{Values, VariablesData, VariablesView};
use crate::key_value::{KeyValue, KeyValueData, KeyValueView};
use crate::outbound::Outbound;
use crate::output::{ComponentOutput, Stream};
use std::collections::BTreeMap;
use std::sync::Arc;
use wasmtime::Engine;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// What the components of an application may reach; shared by all instances.
#[derive(Clone)]
pub(crate) struct Capabilities {
    pub key_value: KeyValue,
    pub variables: Arc<BTreeMap<String, String>>,
    pub outbound: Outbound,
}

/// The state of one instance.
pub(crate) struct InstanceState {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    key_value: KeyValue,
    variables: Values,
    outbound: Outbound,
    pub memory: MemoryLimit,
}

impl InstanceState {
    /// A state with an empty environment, no files, no sockets, and the host's standard output and error.
    pub fn new(capabilities: Capabilities, memory_limit_bytes: usize) -> Self {
        Self {
            wasi: WasiCtxBuilder::new()
                .stdout(ComponentOutput(Stream::Output))
                .stderr(ComponentOutput(Stream::Error))
                .build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            key_value: capabilities.key_value,
            variables: capabilities.variables,
            outbound: capabilities.outbound,
            memory: MemoryLimit::new(memory_limit_bytes),
        }
    }

    fn key_value(&mut self) -> KeyValueView<'_> {
        KeyValueView { key_value: &self.key_value, table: &mut self.table }
    }
}

impl WasiView for InstanceState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for InstanceState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Links WASI 0.2 (which Rust's standard library uses), WASI 0.3 with its HTTP client, and Spin's key-value stores (of
/// both kinds) and variables.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<InstanceState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    spin::key_value::key_value::add_to_linker::<_, KeyValueData>(&mut linker, InstanceState::key_value)?;
    wasi::keyvalue::store::add_to_linker::<_, KeyValueData>(&mut linker, InstanceState::key_value)?;
    wasi::keyvalue::atomics::add_to_linker::<_, KeyValueData>(&mut linker, InstanceState::key_value)?;
    spin::variables::variables::add_to_linker::<_, VariablesData>(&mut linker, |state: &mut InstanceState| {
        VariablesView(&state.variables)
    })?;
    Ok(linker)
}
