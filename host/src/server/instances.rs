//! Making instances of the served component, and how they are reused.

use super::lifetime::Lifetime;
use crate::runtime::{Capabilities, InstanceState};
use std::time::Duration;
use wasmtime::{Engine, Store, UpdateDeadline};
use wasmtime_wasi_http::handler::Proxy;
use wasmtime_wasi_http::p3::bindings::ServicePre;

/// How much longer than a run may compute an instance may, so that a run that counts what it does ends by itself.
const COMPUTE_GRACE: Duration = Duration::from_secs(1);

/// How instances are reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceSettings {
    /// Instances at the same time. Requests beyond it wait; one more is kept for `GET /healthz`.
    pub max_instances: usize,
    /// Of the instances, those that the requests of one caller have (one key, or one address without a key), in percent.
    /// More of them wait, too.
    pub caller_share_percent: usize,
    /// How long a request waits for an instance, in milliseconds. It is answered with 503 then.
    pub queue_timeout_ms: u64,
    /// Requests that an instance answers before it is disposed of.
    pub max_requests: usize,
    /// Requests that an instance answers at the same time. With 1, nothing that one request has begun goes on while the
    /// instance has another.
    pub max_concurrent_requests: usize,
    /// Streams to servers that an instance has at the same time: responses to requests that are passed through, once
    /// their heads have been sent. They count as connections, and no longer as requests with an instance.
    pub max_streams: usize,
    /// How long an instance is kept when it has nothing to do, in milliseconds.
    pub idle_timeout_ms: u64,
    /// Linear memory that an instance may have, all of its components together, in bytes.
    pub max_memory_bytes: usize,
    /// Linear memory with which an instance is kept when it has nothing to do, in bytes; memory never shrinks.
    pub max_idle_memory_bytes: usize,
    /// How long an instance may go on with work that no client waits for any more, in milliseconds. Work that others
    /// wait for on the same instance is not cut short.
    pub abandoned_timeout_ms: u64,
    /// How long an instance may compute without waiting for anything, in milliseconds of the processor; it is ended
    /// then. Without it, a second longer than a run of the application may (the variable `run_compute`, or 2 s).
    pub max_compute_ms: Option<u64>,
}

impl Default for InstanceSettings {
    fn default() -> Self {
        Self {
            max_instances: 128,
            caller_share_percent: 50,
            queue_timeout_ms: 10_000,
            max_requests: 128,
            max_concurrent_requests: 1,
            max_streams: 16,
            idle_timeout_ms: 10_000,
            max_memory_bytes: 1 << 30,
            max_idle_memory_bytes: 32 << 20,
            abandoned_timeout_ms: 100,
            max_compute_ms: None,
        }
    }
}

/// Makes instances of one component.
pub(crate) struct Instances {
    pub engine: Engine,
    pub component: ServicePre<InstanceState>,
    pub capabilities: Capabilities,
    pub settings: InstanceSettings,
    /// How long a run may compute.
    pub run_compute: Duration,
    pub lifetime: Lifetime,
}

impl Instances {
    /// How long an instance may compute without waiting for anything.
    pub(super) fn compute_limit(&self) -> Duration {
        self.settings.max_compute_ms.map_or(self.run_compute + COMPUTE_GRACE, Duration::from_millis)
    }

    /// A new instance, which is asked at each epoch whether it may go on.
    pub(super) async fn instantiate(
        &self,
        mut at_epoch: impl FnMut() -> UpdateDeadline + Send + Sync + 'static,
    ) -> wasmtime::Result<(Store<InstanceState>, Proxy)> {
        let state = InstanceState::new(self.capabilities.clone(), self.settings.max_memory_bytes);
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| Ok(at_epoch()));
        let service = self.component.instantiate_async(&mut store).await?;
        Ok((store, Proxy::P3(service)))
    }
}
