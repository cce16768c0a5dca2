//! Cancelling by message, as legacy clients do (MCP 2025-11-25, "Cancellation"): `notifications/cancelled`
//! arrives as a request of its own, and names the request by session and id.
//!
//! It reaches the run when both are served by the same instance, which is the rule on one host. Clients of
//! 2026-07-28 close the stream instead.

use crate::components::HostClock;
use code_mode::platform::Clock;
use futures::future::{Either, select};
use http::HeaderValue;
use mcp::Id;
use mcp_server::{Cancellation, Exchange};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    future::Future,
    pin::pin,
    rc::Rc,
};

/// One request cannot wake another (each is a task of its own to the host), so a run looks.
const LOOK_EVERY_MS: u64 = 100;

/// A request under way: the caller's `Authorization`, its session and its id. Nobody cancels for another.
type Key = (Option<HeaderValue>, String, Id);

thread_local! {
    /// Whether each was cancelled.
    static RUNNING: RefCell<HashMap<Key, Rc<Cell<bool>>>> = RefCell::default();
}

/// Ends the work of a request that is under way; one that is over, or elsewhere, is none of ours.
pub fn cancel(caller: Option<HeaderValue>, cancellation: Cancellation) {
    RUNNING.with_borrow(|running| {
        if let Some(cancelled) = running.get(&(caller, cancellation.session, cancellation.request)) {
            cancelled.set(true);
        }
    });
}

/// The outcome of the work for a request, or `None` when the client cancelled it.
pub async fn unless_cancelled<T>(
    caller: Option<&HeaderValue>,
    exchange: &Exchange,
    work: impl Future<Output = T>,
) -> Option<T> {
    let Some(session) = &exchange.session else { return Some(work.await) };
    let running = Running::new((caller.cloned(), session.clone(), exchange.request.id.clone()));
    match select(pin!(work), pin!(running.cancelled())).await {
        Either::Left((outcome, _)) => Some(outcome),
        Either::Right(_) => None,
    }
}

struct Running {
    key: Key,
    cancelled: Rc<Cell<bool>>,
}

impl Running {
    fn new(key: Key) -> Self {
        let running = Self { key, cancelled: Rc::default() };
        RUNNING.with_borrow_mut(|all| all.insert(running.key.clone(), running.cancelled.clone()));
        running
    }

    async fn cancelled(&self) {
        while !self.cancelled.get() {
            HostClock.sleep_ms(LOOK_EVERY_MS).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.with_borrow_mut(|all| all.remove(&self.key));
    }
}
