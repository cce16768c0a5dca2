//! The body of a request, which a component may leave unread.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How much of an unread body is taken, and for how long.
const DRAINED_BYTES: usize = 16 << 20;
const DRAINING: Duration = Duration::from_secs(1);

/// A request's body as it arrives.
///
/// Closing a connection with unread bytes resets it, and a client that is still sending would never see an answer such
/// as 413 (RFC 9112, section 9.6). So the rest of a body that is dropped early is read and thrown away, within bounds.
pub(super) struct RequestBody {
    /// `None` only once dropped.
    body: Option<Incoming>,
    runtime: Handle,
}

impl RequestBody {
    /// Must be called on a runtime.
    pub fn new(body: Incoming) -> Self {
        Self { body: Some(body), runtime: Handle::current() }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
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
