//! The body of a response, and what is held until it has been sent.

use super::admission::Admission;
use super::connection_table::BusyConnection;
use super::overrun::{self, KeptBody};
use super::request_liveness::{ClientGuard, Shutdown};
use bytes::Bytes;
use content_negotiation::{EVENTS, media_type};
use futures::FutureExt;
use http::{Method, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use wasmtime_wasi_http::{Error, WasiBody};

/// What a request holds until its response has been sent.
#[derive(Debug)]
pub(super) struct RequestUnderWay {
    pub client: ClientGuard,
    /// What is kept of its body.
    pub body: Option<KeptBody>,
    pub admitted: Option<Admitted>,
    pub connection: Option<BusyConnection>,
}

/// Why the request may be under way.
#[derive(Debug)]
pub(super) enum Admitted {
    Shared { _admission: Admission },
    HealthCheck { _permit: OwnedSemaphorePermit },
}

impl RequestUnderWay {
    fn complete(&mut self) {
        self.client.complete();
        self.body = None;
        self.admitted = None;
        self.connection = None;
    }
}

/// The body of a response. The request is under way until all of it has been handed over.
pub(super) struct ResponseBody {
    body: WasiBody,
    request: RequestUnderWay,
    /// Bytes that are still to come, where the response says how many: the connection asks for nothing after them, not
    /// even for the end.
    remaining: Option<u64>,
    /// What ends a stream of events that is no answer to anything (`GET`), since it never ends by itself.
    shutdown: Option<Shutdown>,
    /// How long the instance could compute, where what is sent are events.
    events_of: Option<Duration>,
}

impl ResponseBody {
    /// The response to a request with `method`, of an instance that may compute for as long as `compute_limit`.
    pub fn of(
        response: Response<WasiBody>,
        method: &Method,
        request: RequestUnderWay,
        shutdown: Shutdown,
        compute_limit: Duration,
    ) -> Response<Self> {
        let (head, body) = response.into_parts();
        let without_body =
            method == Method::HEAD || matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let remaining = match without_body {
            true => Some(0),
            false => head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()),
        };
        let has_events = media_type(&head.headers).as_deref() == Some(EVENTS);
        let shutdown = (has_events && method == Method::GET).then_some(shutdown);
        let events_of = has_events.then_some(compute_limit);
        let mut body = Self { body, request, remaining, shutdown, events_of };
        body.complete_at_end();
        Response::from_parts(head, body)
    }

    fn complete_at_end(&mut self) {
        if self.remaining == Some(0) || self.is_end_stream() {
            self.request.complete();
        }
    }

    /// The answer that the events end with when their instance was ended, once.
    fn overrun(&mut self) -> Option<Bytes> {
        let limit = self.events_of.take().filter(|_| self.request.client.overran())?;
        overrun::event(self.request.body.as_ref(), limit)
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.shutdown.as_mut().is_some_and(|shutdown| shutdown.poll_unpin(context).is_ready()) {
            return Poll::Ready(None);
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Ready(None | Some(Err(_))) => {
                if let Some(event) = self.overrun() {
                    self.body = Empty::new().map_err(|never| match never {}).boxed_unsync();
                    // The last of it.
                    self.request.complete();
                    return Poll::Ready(Some(Ok(Frame::data(event))));
                }
                // What it wrote last may be missing: not the end in good order that it seems to be.
                let is_broken = matches!(frame, Poll::Ready(None)) && self.request.client.has_failed();
                self.request.complete();
                if is_broken {
                    return Poll::Ready(Some(Err(Error::HttpResponseIncomplete)));
                }
            }
            Poll::Ready(Some(Ok(frame))) => {
                let sent = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(sent));
                self.complete_at_end();
            }
            Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream() && !self.request.client.has_failed()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
