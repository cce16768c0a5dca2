//! Cancelling by message, as legacy clients do (MCP 2025-11-25, "Cancellation"): `notifications/cancelled` arrives as a
//! request of its own, and names the request by session and id. Clients of 2026-07-28 close the stream instead.

use crate::{Cancellation, Exchange};
use futures::future::{Either, select};
use mcp::Id;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    future::Future,
    hash::Hash,
    pin::pin,
    rc::Rc,
};

/// One request cannot wake another (each is a task of its own to the host), so a request looks.
const LOOK_EVERY_MS: u64 = 100;

/// After how long a request looks among what other instances left for it: first, and at the longest.
const LOOK_ELSEWHERE_MS: u64 = 200;
const LOOK_ELSEWHERE_AT_LAST_MS: u64 = 1_000;

/// A request: whose it is, its session and its id.
type Key<C> = (C, String, Id);

/// The requests that an instance has under way. `C` tells callers apart: nobody cancels for another. What arrives at
/// another instance comes by way of a [`Bulletin`].
#[derive(Debug)]
pub struct UnderWay<C>(RefCell<HashMap<Key<C>, Rc<Cell<bool>>>>);

/// Where cancellations are left for other instances, under the names of the requests of one caller.
pub trait Bulletin {
    /// Leaves a cancellation.
    fn post(&self, request: &str) -> impl Future<Output = ()>;

    /// Whether one was left.
    fn is_posted(&self, request: &str) -> impl Future<Output = bool>;
}

/// The name of a request among those of its caller.
fn name(session: &str, request: &Id) -> String {
    serde_json::json!([session, serde_json::Value::from(request)]).to_string()
}

impl<C> Default for UnderWay<C> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<C: Clone + Eq + Hash> UnderWay<C> {
    /// Ends the work for a request. One that is not here is over, or with another instance.
    pub async fn cancel(&self, caller: &C, cancellation: Cancellation, elsewhere: &impl Bulletin) {
        let key = (caller.clone(), cancellation.session, cancellation.request);
        let here = self.0.borrow().get(&key).cloned();
        match here {
            Some(cancelled) => cancelled.set(true),
            None => elsewhere.post(&name(&key.1, &key.2)).await,
        }
    }

    /// The outcome of the work for a request, or `None` when its client cancelled it, which drops the work. Only what
    /// names a session can be cancelled. `sleep_ms` waits on the host's clock.
    pub async fn unless_cancelled<T, S: Future<Output = ()>>(
        &self,
        caller: &C,
        exchange: &Exchange,
        work: impl Future<Output = T>,
        sleep_ms: impl Fn(u64) -> S,
        elsewhere: &impl Bulletin,
    ) -> Option<T> {
        let Some(session) = &exchange.session else { return Some(work.await) };
        let entry = self.enter((caller.clone(), session.clone(), exchange.request.id.clone()));
        let cancelled = async {
            let request = name(session, &exchange.request.id);
            let (mut waited_ms, mut look_elsewhere_ms) = (0, LOOK_ELSEWHERE_MS);
            while !entry.cancelled.get() {
                sleep_ms(LOOK_EVERY_MS).await;
                waited_ms += LOOK_EVERY_MS;
                if waited_ms >= look_elsewhere_ms {
                    if elsewhere.is_posted(&request).await {
                        break;
                    }
                    look_elsewhere_ms = waited_ms + waited_ms.min(LOOK_ELSEWHERE_AT_LAST_MS);
                }
            }
        };
        match select(pin!(work), pin!(cancelled)).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(_) => None,
        }
    }

    fn enter(&self, key: Key<C>) -> Entry<'_, C> {
        let cancelled = Rc::<Cell<bool>>::default();
        self.0.borrow_mut().insert(key.clone(), cancelled.clone());
        Entry { all: self, key, cancelled }
    }
}

/// Stands among the requests under way until it is dropped.
struct Entry<'a, C: Eq + Hash> {
    all: &'a UnderWay<C>,
    key: Key<C>,
    cancelled: Rc<Cell<bool>>,
}

impl<C: Eq + Hash> Drop for Entry<'_, C> {
    fn drop(&mut self) {
        self.all.0.borrow_mut().remove(&self.key);
    }
}
