//! Instances of the served component: how many requests one answers, and when it is disposed of.

use super::attendance::{Occupancy, Ticket};
use crate::output::log;
use crate::runtime::{Capabilities, InstanceState};
use futures::FutureExt;
use futures::future::Shared;
use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Sleep, sleep_until};
use wasmtime::component::GuestTaskId;
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

/// How instances are reused. The defaults are Spin's, the memory limit aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceSettings {
    /// Requests that an instance answers before it is disposed of.
    pub max_requests: usize,
    /// Requests that an instance answers at the same time.
    pub max_concurrent_requests: usize,
    /// How long an instance is kept when it has nothing to do, in milliseconds.
    pub idle_timeout_ms: u64,
    /// Linear memory that an instance may have, all of its components together, in bytes.
    pub max_memory_bytes: usize,
    /// How long an instance may go on with work that no client waits for any more, in milliseconds. Work that others
    /// wait for on the same instance is not cut short.
    pub abandoned_timeout_ms: u64,
}

impl Default for InstanceSettings {
    fn default() -> Self {
        Self {
            max_requests: 128,
            max_concurrent_requests: 16,
            idle_timeout_ms: 1_000,
            max_memory_bytes: 1 << 30,
            abandoned_timeout_ms: 100,
        }
    }
}

/// Makes instances of one component.
pub(crate) struct Instances {
    pub engine: Engine,
    pub component: ServicePre<InstanceState>,
    pub capabilities: Capabilities,
    pub settings: InstanceSettings,
    pub lifetime: Lifetime,
}

/// Ties instances to the server that they serve.
#[derive(Clone)]
pub(crate) struct Lifetime {
    /// Ready as soon as instances are to be disposed of, whatever they do.
    over: Shared<oneshot::Receiver<()>>,
    /// Held as long as there are instances.
    _alive: mpsc::Sender<Infallible>,
}

/// The server's end of a `Lifetime`. Dropping it ends the instances as well, without waiting.
#[derive(Debug)]
pub(crate) struct LifetimeEnd {
    over: oneshot::Sender<()>,
    alive: mpsc::Receiver<Infallible>,
}

impl Lifetime {
    /// A lifetime and the means to end it.
    pub fn new() -> (Self, LifetimeEnd) {
        let (end, over) = oneshot::channel();
        let (_alive, alive) = mpsc::channel(1);
        (Self { over: over.shared(), _alive }, LifetimeEnd { over: end, alive })
    }

    fn is_over(&self) -> bool {
        self.over.clone().now_or_never().is_some()
    }
}

impl LifetimeEnd {
    /// Ends the instances and waits until they, and what they hold, are gone.
    pub async fn end(mut self) {
        drop(self.over);
        while self.alive.recv().await.is_some() {}
    }
}

impl HandlerState for Instances {
    type StoreData = InstanceState;
    type WorkerExpiration = Expiration;
    type WorkerState = Reuse;

    async fn instantiate(&self) -> wasmtime::Result<Instance<InstanceState, Expiration, Reuse>> {
        let state = InstanceState::new(self.capabilities.clone(), self.settings.max_memory_bytes);
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.memory);
        let proxy = Proxy::P3(self.component.instantiate_async(&mut store).await?);
        let occupancy = Arc::new(Occupancy::default());
        Ok(Instance {
            store,
            proxy,
            view: InstanceState::http,
            expiration: Expiration::new(occupancy.clone(), self.settings, self.lifetime.clone()),
            state: Reuse { occupancy, settings: self.settings, lifetime: self.lifetime.clone() },
        })
    }
}

/// Decides which requests an instance takes.
pub(crate) struct Reuse {
    occupancy: Arc<Occupancy>,
    settings: InstanceSettings,
    lifetime: Lifetime,
}

impl WorkerState for Reuse {
    type StoreData = InstanceState;
    type RequestData = Ticket;

    fn should_accept_request(&self, concurrent_count: usize, total_count: usize) -> ShouldAccept {
        // Nothing else may decide: an instance that waits for requests and then refuses one loses it, for the handler
        // wakes nobody in its place. So new requests can keep abandoned work alive, `max_requests` of them.
        if total_count >= self.settings.max_requests {
            ShouldAccept::Never
        } else if concurrent_count >= self.settings.max_concurrent_requests {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _store: StoreContextMut<'_, InstanceState>,
        ticket: Ticket,
        _task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        ticket.taken_by(&self.occupancy);
        // Deadlines are the components' own affair; only the client's leaving ends a request.
        Box::pin(pending())
    }

    fn drop(&self, store: Store<InstanceState>, result: wasmtime::Result<()>) {
        drop(store);
        if let Err(error) = result
            && !self.occupancy.is_forsaken()
            && !self.lifetime.is_over()
        {
            log(format_args!("an instance failed and is replaced: {error:#}"));
        }
    }
}

/// Decides when an instance is disposed of.
pub(crate) struct Expiration {
    occupancy: Arc<Occupancy>,
    settings: InstanceSettings,
    lifetime: Lifetime,
    forsaken_since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Expiration {
    fn new(occupancy: Arc<Occupancy>, settings: InstanceSettings, lifetime: Lifetime) -> Self {
        Self { occupancy, settings, lifetime, forsaken_since: None, timer: None }
    }

    /// Whether `limit_ms` are over since `start`.
    fn poll_over(&mut self, context: &mut Context<'_>, start: Instant, limit_ms: u64) -> Poll<()> {
        let end = tokio::time::Instant::from_std(start + Duration::from_millis(limit_ms));
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if timer.deadline() != end {
            timer.as_mut().reset(end);
        }
        timer.as_mut().poll(context)
    }
}

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>, status: WorkerStatus, start: Instant) -> Poll<()> {
        if self.lifetime.over.poll_unpin(context).is_ready() {
            return Poll::Ready(());
        }
        self.occupancy.changed.register(context.waker());
        if status == WorkerStatus::Idle {
            self.forsaken_since = None;
            self.occupancy.settle();
            let limit_ms = self.settings.idle_timeout_ms;
            return self.poll_over(context, start, limit_ms);
        }
        if !self.occupancy.is_forsaken() {
            self.forsaken_since = None;
            return Poll::Pending;
        }
        let since = *self.forsaken_since.get_or_insert_with(Instant::now);
        let limit_ms = self.settings.abandoned_timeout_ms;
        self.poll_over(context, since, limit_ms)
    }
}
