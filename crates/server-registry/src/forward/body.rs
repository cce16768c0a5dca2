use bytes::Bytes;
use futures::Stream;
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// The body of an answer: the server's, as it comes, or one that was made here.
pub enum Body<B> {
    Streamed(B),
    /// `None` when it was read.
    Whole(Option<Bytes>),
}

impl<B> From<Vec<u8>> for Body<B> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(Some(bytes.into()).filter(|bytes: &Bytes| !bytes.is_empty()))
    }
}

impl<B: Stream<Item = Result<Bytes, E>> + Unpin, E> Stream for Body<B> {
    type Item = Result<Bytes, E>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.get_mut() {
            Self::Streamed(body) => Pin::new(body).poll_next(task),
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(Ok)),
        }
    }
}
