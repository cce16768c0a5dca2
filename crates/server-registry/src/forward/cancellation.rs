//! Cancelling a request of a translated session by message (MCP 2025-11-25, "Cancellation"). The request to the server is
//! dropped, which closes its stream: that is how one of 2026-07-28 hears of it.
//!
//! It reaches the request when both are served by the same instance, which is the rule on one host.

use super::{Server, translate};
use crate::host::Host;
use futures::future::{Either, select};
use mcp::{Id, Response};
use mcp_server::{Cancellation, Exchange};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    pin::pin,
    rc::Rc,
    time::Duration,
};
use usage::{FailureKind, Outcome};

/// One request cannot wake another (each is a task of its own to the host), so a request looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A request under way: the caller, the server, the session and the id. Nobody cancels for another.
type Key = (String, String, String, Id);

thread_local! {
    /// Whether each was cancelled.
    static RUNNING: RefCell<HashMap<Key, Rc<Cell<bool>>>> = RefCell::default();
}

impl<H: Host + 'static> Server<'_, H> {
    /// Ends a request that is under way; one that is over, or elsewhere, is none of ours.
    pub(super) fn cancel(&self, cancellation: Cancellation) {
        RUNNING.with_borrow(|running| {
            if let Some(cancelled) = running.get(&self.key(cancellation.session, cancellation.request)) {
                cancelled.set(true);
            }
        });
    }

    /// The translated answer, and how the request ended, should the client not cancel it before.
    pub(super) async fn unless_cancelled(&self, exchange: &Exchange) -> (Response, Outcome) {
        let answer = translate::answer(self, exchange);
        let Some(session) = &exchange.session else { return answer.await };
        let running = Running::new(self.key(session.clone(), exchange.request.id.clone()));
        match select(pin!(answer), pin!(running.cancelled(&self.access.registry.host))).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => (exchange.cancelled(), Outcome::Failed(FailureKind::Cancelled)),
        }
    }

    fn key(&self, session: String, request: Id) -> Key {
        (self.access.caller.id().to_string(), self.alias.to_string(), session, request)
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

    async fn cancelled(&self, host: &impl Host) {
        while !self.cancelled.get() {
            host.sleep(LOOK_EVERY).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.with_borrow_mut(|all| all.remove(&self.key));
    }
}
