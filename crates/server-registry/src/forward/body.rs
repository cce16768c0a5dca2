use super::ids::Rewriting;
use bytes::{Bytes, BytesMut};
use futures::{FutureExt, Stream, StreamExt, future::LocalBoxFuture};
use mcp_client::TransportError;
use redaction::Redaction;
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// The body of an answer: the server's, as it comes, or one that was made here.
pub struct Body<B> {
    /// What was looked at before it was passed on: in one piece, however small the pieces were in which it came.
    begun: BytesMut,
    /// How it broke off then.
    broke: Option<TransportError>,
    rest: Option<B>,
    redaction: Option<Redaction>,
    rewriting: Option<Rewriting>,
    deadline: Option<LocalBoxFuture<'static, ()>>,
    standing: Option<Standing>,
    watch: Option<Box<dyn Watch>>,
}

/// Until when somebody may have a body.
struct Standing {
    taken_away: LocalBoxFuture<'static, ()>,
    /// Whether a part of it is a whole, too.
    may_end: bool,
    is_over: bool,
}

/// Hears what comes through a body.
pub(crate) trait Watch {
    /// What passes.
    fn received(&mut self, chunk: &[u8]);
    /// The end.
    fn ended(&mut self, end: End<'_>);
}

/// How a body ends.
pub(crate) enum End<'a> {
    /// It was all there.
    Whole,
    /// It broke off.
    Broken(&'a TransportError),
    /// Whom it was for may have it no more.
    Taken,
}

impl<B> Body<B> {
    /// The server's.
    pub(super) fn streamed(body: B) -> Self {
        Self { rest: Some(body), ..Self::from(Vec::new()) }
    }

    /// The same, ending once it is taken away: as if it were whole if its parts are (events), or else broken off.
    pub(super) fn while_standing(self, taken_away: Option<impl Future<Output = ()> + 'static>, may_end: bool) -> Self {
        let standing =
            taken_away.map(|taken_away| Standing { taken_away: taken_away.boxed_local(), may_end, is_over: false });
        Self { standing, ..self }
    }

    /// The same, breaking off where it has not ended by then.
    pub(super) fn until(self, deadline: impl Future<Output = ()> + 'static) -> Self {
        Self { deadline: Some(deadline.boxed_local()), ..self }
    }

    /// The same without credentials that the server repeats.
    pub(super) fn redacted(self, redaction: Redaction) -> Self {
        Self { redaction: Some(redaction), ..self }
    }

    /// The same with the ids of its caller.
    pub(super) fn rewritten(self, rewriting: Option<Rewriting>) -> Self {
        Self { rewriting, ..self }
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
        match &chunk {
            Ok(chunk) => self.begun.extend_from_slice(chunk),
            Err(error) => self.broke = Some(error.clone()),
        }
        Some(chunk)
    }

    /// What was still kept, at the end.
    fn finish(&mut self) -> Bytes {
        let held = self.redaction.as_mut().map(Redaction::finish).unwrap_or_default();
        let Some(rewriting) = &mut self.rewriting else { return held };
        [rewriting.take(held), rewriting.finish()].concat().into()
    }

    fn poll_rest(&mut self, task: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        // Looked at first: a busy server must not be able to put it off.
        if let Some(standing) = self.standing.as_mut().filter(|standing| !standing.is_over)
            && self.rest.is_some()
            && standing.taken_away.poll_unpin(task).is_ready()
        {
            standing.is_over = true;
            self.rest = None;
            let broken = || Err(TransportError::Broken("the caller may use this server no more".to_string()));
            return Poll::Ready((!standing.may_end).then(broken));
        }
        while let Some(rest) = &mut self.rest {
            match rest.poll_next_unpin(task) {
                Poll::Ready(Some(Ok(chunk))) => {
                    let passed = match &mut self.redaction {
                        Some(redaction) => redaction.take(chunk),
                        None => chunk,
                    };
                    let passed = match &mut self.rewriting {
                        Some(rewriting) => rewriting.take(passed),
                        None => passed,
                    };
                    if !passed.is_empty() {
                        return Poll::Ready(Some(Ok(passed)));
                    }
                }
                // Whoever has looked at the end asks for it again, and a stream that has ended must not be asked.
                Poll::Ready(Some(Err(error))) => {
                    self.rest = None;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => {
                    self.rest = None;
                    let held = self.finish();
                    return Poll::Ready(Some(held).filter(|held| !held.is_empty()).map(Ok));
                }
                Poll::Pending => {
                    if self.deadline.as_mut().is_none_or(|deadline| deadline.poll_unpin(task).is_pending()) {
                        return Poll::Pending;
                    }
                    self.rest = None;
                    return Poll::Ready(Some(Err(TransportError::TooLate)));
                }
            }
        }
        Poll::Ready(None)
    }
}

impl<B> From<Vec<u8>> for Body<B> {
    fn from(bytes: Vec<u8>) -> Self {
        let begun = BytesMut::from(Bytes::from(bytes));
        Self {
            begun,
            broke: None,
            rest: None,
            redaction: None,
            rewriting: None,
            deadline: None,
            standing: None,
            watch: None,
        }
    }
}

impl<B: Stream<Item = Result<Bytes, TransportError>> + Unpin> Stream for Body<B> {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = self.get_mut();
        let polled = match (body.begun.is_empty(), body.broke.take()) {
            (false, broke) => {
                body.broke = broke;
                Poll::Ready(Some(Ok(body.begun.split().freeze())))
            }
            (true, Some(error)) => Poll::Ready(Some(Err(error))),
            (true, None) => body.poll_rest(task),
        };
        match &polled {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(chunk))) => {
                if let Some(watch) = &mut body.watch {
                    watch.received(chunk);
                }
            }
            // It ends once, whatever is asked for behind it.
            Poll::Ready(end) => {
                let is_taken = body.standing.as_ref().is_some_and(|standing| standing.is_over);
                if let Some(mut watch) = body.watch.take() {
                    watch.ended(match end {
                        _ if is_taken => End::Taken,
                        Some(Err(error)) => End::Broken(error),
                        _ => End::Whole,
                    });
                }
            }
        }
        polled
    }
}
