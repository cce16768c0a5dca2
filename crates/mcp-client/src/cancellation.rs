//! Telling a legacy server that nobody waits for an answer any more (MCP 2025-11-25, "Cancellation"). To a modern one,
//! closing the stream says so.

use crate::{
    client::Client,
    clock::Clock,
    connection::Connection,
    deadlines::within,
    error::{Error, Problem},
    request::Context,
    transport::Transport,
};
use bytes::Bytes;
use futures::{StreamExt, stream::iter};
use mcp::{Id, Notification};
use serde_json::{Map, Value};
use std::{cell::RefCell, collections::VecDeque};

/// How many requests are remembered until their servers are told; of more, the oldest are forgotten.
const REMEMBERED: usize = 64;
/// How many servers are told at the same time.
const AT_ONCE: usize = 4;
/// How long a server is given to take it, in milliseconds.
const TELL_MS: u64 = 2_000;

const METHOD: &str = "notifications/cancelled";

/// Requests that nobody waits for any more, and of which their server is not told yet.
#[derive(Default)]
pub(crate) struct Cancellations(RefCell<VecDeque<Cancelled>>);

struct Cancelled {
    connection: Connection,
    id: Id,
    reason: &'static str,
}

/// A request to a legacy server that is under way. Dropped, it was cancelled.
pub(crate) struct Awaited<'a> {
    cancellations: &'a Cancellations,
    request: Option<(&'a Connection, Id)>,
}

impl Cancellations {
    /// A request goes out. `initialize` is never cancelled.
    pub fn await_answer<'a>(&'a self, context: Context<'a>, id: &Id) -> Awaited<'a> {
        let request = match context {
            Context::Legacy(connection) => Some((connection, id.clone())),
            Context::Initialize | Context::Modern(_) => None,
        };
        Awaited { cancellations: self, request }
    }

    fn add(&self, connection: &Connection, id: Id, reason: &'static str) {
        let mut waiting = self.0.borrow_mut();
        if waiting.len() == REMEMBERED {
            waiting.pop_front();
        }
        waiting.push_back(Cancelled { connection: connection.clone(), id, reason });
    }
}

impl Awaited<'_> {
    /// The exchange is over. Of one that took too long, the server is told.
    pub fn end<R>(mut self, outcome: &Result<R, Error>) {
        let Some((connection, id)) = self.request.take() else { return };
        if let Err(error) = outcome
            && matches!(*error.problem, Problem::TimedOut { .. })
        {
            self.cancellations.add(connection, id, "It took too long.");
        }
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        if let Some((connection, id)) = self.request.take() {
            self.cancellations.add(connection, id, "Nobody waits for the answer any more.");
        }
    }
}

impl<T: Transport, C: Clock> Client<T, C> {
    /// Whether there are requests of which the server is to be told that they are cancelled.
    pub fn has_cancelled(&self) -> bool {
        !self.cancellations.0.borrow().is_empty()
    }

    /// Tells the server. Whoever cancelled could not wait for that, so it is to be run by somebody else, soon.
    pub async fn tell_cancelled(&self) {
        let waiting = self.cancellations.0.take();
        iter(waiting).for_each_concurrent(AT_ONCE, |cancelled| self.tell(cancelled)).await;
    }

    async fn tell(&self, cancelled: Cancelled) {
        let mut params = Map::new();
        params.insert("requestId".to_string(), Value::from(&cancelled.id));
        params.insert("reason".to_string(), cancelled.reason.into());
        let message = Value::from(&Notification { method: METHOD.to_string(), params }).to_string();
        let headers = Context::Legacy(&cancelled.connection).headers(None);
        // A server may have answered meanwhile, or be gone: it need not take it.
        if let Some(Ok(taken)) = within(&self.clock, TELL_MS, self.post(METHOD, headers, Bytes::from(message))).await {
            self.transport.finish(taken.into_body());
        }
    }
}
