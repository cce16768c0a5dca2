//! What a legacy server asks while it answers, and the answers to it: each is a POST of its own, so both their number
//! and how many are under way at the same time are limited.

use crate::{
    error::Fault,
    limits::{ERROR_NAME_BYTES, Limits},
};
use futures::{FutureExt, StreamExt, future::LocalBoxFuture, stream::FuturesUnordered};
use mcp::{Request, Response, RpcError, code};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

/// Bytes of one reply. It repeats the request's id, which could be as long as an event.
const REPLY_BYTES: usize = 16 << 10;

/// The replies of one answer.
#[derive(Default)]
pub(crate) struct Replies<'a> {
    under_way: FuturesUnordered<LocalBoxFuture<'a, ()>>,
    waiting: VecDeque<LocalBoxFuture<'a, ()>>,
    /// Requests so far.
    requests: usize,
}

impl<'a> Replies<'a> {
    /// Takes the reply to one more request, which `post` sends when it is its turn.
    pub fn add<F: Future<Output = ()> + 'a>(
        &mut self,
        limits: &Limits,
        request: Request,
        post: impl FnOnce(String, String) -> F,
    ) -> Result<(), Fault> {
        self.requests += 1;
        if self.requests > limits.server_requests {
            return Err(Fault::TooManyRequests { limit: limits.server_requests });
        }
        let (method, reply) = reply(request);
        if reply.len() > REPLY_BYTES {
            return Err(Fault::LongId { limit_bytes: REPLY_BYTES });
        }
        self.waiting.push_back(post(method, reply).boxed_local());
        Ok(())
    }

    /// Goes on with those under way, and begins as many others as may be.
    pub fn poll(&mut self, task: &mut Context<'_>, at_once: usize) {
        loop {
            while self.under_way.len() < at_once
                && let Some(next) = self.waiting.pop_front()
            {
                self.under_way.push(next);
            }
            let Poll::Ready(Some(())) = self.under_way.poll_next_unpin(task) else { return };
        }
    }
}

/// The request's method, for people, and the reply as JSON text. Only `ping` succeeds: no capability is declared.
fn reply(request: Request) -> (String, String) {
    let method = truncation::text(&request.method, ERROR_NAME_BYTES).into_owned();
    let outcome = match request.method.as_str() {
        "ping" => Ok(json!({})),
        _ => Err(RpcError::new(code::METHOD_NOT_FOUND, format!("This client does not support {method}"))),
    };
    (method, Value::from(Response { id: Some(request.id), outcome }).to_string())
}
