//! Ties instances to the server that they serve.

use futures::FutureExt;
use futures::future::Shared;
use std::convert::Infallible;
use std::task::{Context, Poll};
use tokio::sync::{mpsc, oneshot};

/// What instances hold.
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

    pub(super) fn is_over(&self) -> bool {
        self.over.clone().now_or_never().is_some()
    }

    pub(super) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.over.poll_unpin(context).map(drop)
    }
}

impl LifetimeEnd {
    /// Ends the instances and waits until they, and what they hold, are gone.
    pub async fn end(mut self) {
        drop(self.over);
        while self.alive.recv().await.is_some() {}
    }
}
