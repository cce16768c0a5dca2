use bytes::Bytes;
use futures::{FutureExt, Stream, StreamExt, future::LocalBoxFuture};
use mcp_client::TransportError;
use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};

/// The body of an answer: the server's, as it comes, or one that was made here.
pub struct Body<B> {
    /// What was looked at before it was passed on.
    begun: VecDeque<Result<Bytes, TransportError>>,
    rest: Option<B>,
    deadline: Option<LocalBoxFuture<'static, ()>>,
    watch: Option<Box<dyn Watch>>,
}

/// Hears what comes through a body.
pub(crate) trait Watch {
    /// So many bytes.
    fn received(&mut self, bytes: usize);
    /// The end: of a whole body, or of one that broke off.
    fn ended(&mut self, is_whole: bool);
}

impl<B> Body<B> {
    /// The server's.
    pub(super) fn streamed(body: B) -> Self {
        Self { begun: VecDeque::new(), rest: Some(body), deadline: None, watch: None }
    }

    /// The same, breaking off where it has not ended by then.
    pub(super) fn until(self, deadline: impl Future<Output = ()> + 'static) -> Self {
        Self { deadline: Some(deadline.boxed_local()), ..self }
    }

    /// The same, heard by somebody.
    pub(super) fn watched(self, watch: impl Watch + 'static) -> Self {
        Self { watch: Some(Box::new(watch)), ..self }
    }
}

impl<B: Stream<Item = Result<Bytes, TransportError>> + Unpin> Body<B> {
    /// Looks at the next chunk that was not looked at yet, and keeps it; `None` at the end.
    pub(super) async fn look(&mut self) -> Option<Result<Bytes, TransportError>> {
        let chunk = std::future::poll_fn(|task| self.poll_rest(task)).await?;
        self.begun.push_back(chunk.clone());
        Some(chunk)
    }

    fn poll_rest(&mut self, task: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        let polled = rest.poll_next_unpin(task);
        if polled.is_pending() && self.deadline.as_mut().is_some_and(|deadline| deadline.poll_unpin(task).is_ready()) {
            self.rest = None;
            return Poll::Ready(Some(Err(TransportError::TooLate)));
        }
        // Whoever has looked at the end asks for it again, and a stream that has ended must not be asked.
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.rest = None;
        }
        polled
    }
}

impl<B> From<Vec<u8>> for Body<B> {
    fn from(bytes: Vec<u8>) -> Self {
        let begun = if bytes.is_empty() { VecDeque::new() } else { VecDeque::from([Ok(bytes.into())]) };
        Self { begun, rest: None, deadline: None, watch: None }
    }
}

impl<B: Stream<Item = Result<Bytes, TransportError>> + Unpin> Stream for Body<B> {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = self.get_mut();
        let polled = match body.begun.pop_front() {
            Some(chunk) => Poll::Ready(Some(chunk)),
            None => body.poll_rest(task),
        };
        if let (Poll::Ready(chunk), Some(watch)) = (&polled, &mut body.watch) {
            match chunk {
                Some(Ok(chunk)) => watch.received(chunk.len()),
                Some(Err(_)) => watch.ended(false),
                None => watch.ended(true),
            }
        }
        polled
    }
}
