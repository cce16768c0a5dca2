//! One instance, from its first request until it is disposed of.
//!
//! An instance has a request until its response has been sent: that may be a stream, and the component may compute, or
//! wait for others, long after the head of it is there. What goes on behind a whole response (counters that are written,
//! newer catalogs) keeps nobody from the instance.

use super::computing::Computing;
use super::expiration::Expiration;
use super::instance_pool::{Assignment, InstancePool, MemberId, Permit};
use super::request_kind::RequestKind;
use super::request_liveness::{InFlight, RequestHandle};
use crate::output::log;
use crate::runtime::InstanceState;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::mpsc::UnboundedReceiver;
use wasmtime::AsContextMut;
use wasmtime::component::Accessor;
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{Prepared, Proxy};

/// Makes an instance, has it answer a request and those that come after it, and disposes of it.
pub(super) async fn run(pool: InstancePool, first: Assignment) {
    let in_flight = Arc::new(InFlight::default());
    let limit = pool.instances().compute_limit();
    let computing = Computing::new(pool.epochs().clone(), pool.turns().clone(), limit, in_flight.clone());
    let lifetime = pool.instances().lifetime.clone();
    let mut expiration = Expiration::new(in_flight.clone(), pool.settings(), lifetime.clone());
    let instance = Instance { pool, in_flight: in_flight.clone(), state: Mutex::default() };
    let ended = {
        let mut serving = pin!(instance.serve(&computing, first));
        poll_fn(|context| match computing.poll(|| serving.as_mut().poll(context)) {
            Poll::Pending => instance.poll_expired(&mut expiration, context).map(Ok),
            ended => ended,
        })
        .await
    };
    if in_flight.overran() {
        log(format_args!("an instance computed for longer than {} ms and is ended", limit.as_millis()));
    } else if let Err(error) = ended
        && !in_flight.is_abandoned()
        && !lifetime.is_over()
    {
        log(format_args!("an instance failed and is replaced: {error:#}"));
    }
}

struct Instance {
    pool: InstancePool,
    in_flight: Arc<InFlight>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Its name, once it is in its pool.
    id: Option<MemberId>,
    /// Since when it has had nothing to do.
    rests_since: Option<Instant>,
    /// The requests that it has. Those that are left when it ends give their permits back when its store is gone.
    requests: Vec<TakenRequest>,
    /// How many it has taken.
    count: u64,
}

struct TakenRequest {
    number: u64,
    handle: RequestHandle,
    kind: RequestKind,
    /// `None` for a stream to a server.
    permit: Option<Permit>,
}

impl Instance {
    async fn serve(&self, computing: &Arc<Computing>, first: Assignment) -> wasmtime::Result<()> {
        let at_epoch = computing.clone();
        let (mut store, proxy) = match self.pool.instances().instantiate(move || at_epoch.at_epoch()).await {
            Ok(instance) => instance,
            Err(error) => {
                // Who asked has left, if nobody takes it.
                let _ = first.answer.send(Err(error));
                return Ok(());
            }
        };
        let (id, requests) = self.pool.enlist();
        self.state().id = Some(id);
        let _member = Enlisted { pool: &self.pool, id };
        let serving = store.run_concurrent(async |accessor| self.drive(accessor, &proxy, id, first, requests).await);
        let ended = serving.await.flatten();
        if ended.is_err() {
            // Before its responses come to their end, with the store.
            self.in_flight.set_failed();
        }
        ended
    }

    async fn drive(
        &self,
        accessor: &Accessor<InstanceState>,
        proxy: &Proxy,
        id: MemberId,
        first: Assignment,
        mut requests: UnboundedReceiver<Assignment>,
    ) -> wasmtime::Result<()> {
        let mut answering = FuturesUnordered::new();
        answering.push(self.answer(accessor, proxy, first));
        poll_fn(|context| {
            loop {
                match answering.poll_next_unpin(context) {
                    Poll::Ready(Some(Ok(number))) => {
                        self.head_is_there(id, number);
                        continue;
                    }
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                    Poll::Ready(None) | Poll::Pending => {}
                }
                if let Poll::Ready(Some(assignment)) = requests.poll_recv(context) {
                    answering.push(self.answer(accessor, proxy, assignment));
                    continue;
                }
                if !answering.is_empty() || accessor.poll_no_interesting_tasks(context).is_pending() {
                    return Poll::Pending;
                }
                let memory_bytes = accessor.with(|mut access| access.get().memory.used_bytes());
                return if self.rest(id, memory_bytes) { Poll::Pending } else { Poll::Ready(Ok(())) };
            }
        })
        .await
    }

    /// Begins to answer a request; the answer is there when the head of the response is.
    fn answer<'a>(
        &self,
        accessor: &'a Accessor<InstanceState>,
        proxy: &'a Proxy,
        assignment: Assignment,
    ) -> impl Future<Output = wasmtime::Result<u64>> + use<'a> {
        let Assignment { request, kind, handle, permit, answer } = assignment;
        handle.taken_by(&self.in_flight);
        let mut state = self.state();
        let number = state.count;
        state.count += 1;
        state.rests_since = None;
        state.requests.push(TakenRequest { number, handle, kind, permit: Some(permit) });
        drop(state);
        let prepared = accessor
            .with(|mut access| Prepared::new(access.as_context_mut(), proxy, request, InstanceState::http, answer));
        // Deadlines are the components' own affair; only the client's leaving ends a request.
        async move {
            prepared?.run(accessor, pending()).await?;
            Ok(number)
        }
    }

    /// The head of a response is there. What goes on for a request that is passed through is little, and keeps others
    /// like it from the instance no longer.
    fn head_is_there(&self, id: MemberId, number: u64) {
        let mut state = self.state();
        let passed = |request: &&mut TakenRequest| request.number == number && request.kind == RequestKind::PassThrough;
        let permit = state.requests.iter_mut().find(passed).and_then(|request| request.permit.take());
        drop(state);
        if permit.is_some() {
            self.pool.streams(id);
        }
    }

    /// Nothing goes on any more. Whether the instance waits for further requests.
    fn rest(&self, id: MemberId, memory_bytes: usize) -> bool {
        let mut state = self.state();
        state.rests_since.get_or_insert_with(Instant::now);
        let held = state.requests.len();
        drop(state);
        if !self.pool.keeps(id, held, memory_bytes) {
            return false;
        }
        self.give_back(id, |_| true);
        true
    }

    /// Takes further requests in place of those that are over.
    fn give_back(&self, id: MemberId, is_over: impl Fn(&TakenRequest) -> bool) {
        let over: Vec<TakenRequest> = self.state().requests.extract_if(.., |request| is_over(request)).collect();
        if !over.is_empty() {
            // First the instance and then its permits, so that who waits for a permit finds the instance.
            let streams = over.iter().filter(|request| request.permit.is_none()).count();
            self.pool.release(id, over.len() - streams, streams);
        }
    }

    /// Looks after requests and time while nothing else can be done.
    fn poll_expired(&self, expiration: &mut Expiration, context: &mut Context<'_>) -> Poll<()> {
        let (id, rests_since) = {
            let state = self.state();
            (state.id, state.rests_since)
        };
        let expired = expiration.poll(context, rests_since);
        let Some(id) = id else { return expired };
        self.give_back(id, |request| request.handle.is_delivered());
        match expired {
            Poll::Ready(()) if rests_since.is_none() || self.pool.dismiss(id) => Poll::Ready(()),
            _ => Poll::Pending,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The instance is in its pool until this is dropped.
struct Enlisted<'a> {
    pool: &'a InstancePool,
    id: MemberId,
}

impl Drop for Enlisted<'_> {
    fn drop(&mut self) {
        self.pool.remove(self.id);
    }
}
