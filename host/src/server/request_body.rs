//! The body of a request, which a component may leave unread.

use super::overrun::KeptBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep, timeout};
use wasmtime_wasi_http::Error;

/// How much of an unread body is taken, and for how long.
const DRAINED_BYTES: usize = 16 << 20;
const DRAINING: Duration = Duration::from_secs(1);

/// A request's body as it arrives, if it does so in time.
///
/// Closing a connection with unread bytes resets it, and a client that is still sending would never see an answer such
/// as 413 (RFC 9112, section 9.6). So the rest of a body that is dropped early is read and thrown away, within bounds.
pub(super) struct RequestBody {
    /// `None` only once dropped, or given up.
    body: Option<Incoming>,
    timeout: Duration,
    /// Runs from when the body was waited for first.
    timer: Option<Pin<Box<Sleep>>>,
    runtime: Handle,
    kept: Option<KeptBody>,
}

impl RequestBody {
    /// What is read is kept in `kept` as well. Must be called on a runtime.
    pub fn new(body: Incoming, timeout: Duration, kept: Option<KeptBody>) -> Self {
        Self { body: Some(body), timeout, timer: None, runtime: Handle::current(), kept }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        if let Poll::Ready(frame) = Pin::new(body).poll_frame(context) {
            if let (Some(kept), Some(Ok(frame))) = (&this.kept, &frame)
                && let Some(piece) = frame.data_ref()
            {
                kept.push(piece);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::Hyper)));
        }
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep(this.timeout)));
        ready!(timer.as_mut().poll(context));
        // The rest is not waited for.
        this.body = None;
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) else { return };
        self.runtime.spawn(async move {
            let mut rest = Limited::new(body, DRAINED_BYTES);
            let draining = async { while let Some(Ok(_)) = rest.frame().await {} };
            // What is still to come after that is not waited for.
            let _elapsed = timeout(DRAINING, draining).await;
        });
    }
}
