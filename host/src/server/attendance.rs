//! Who still waits for what an instance does.
//!
//! WebAssembly cannot be told from outside that its caller is gone, and an instance serves several callers. So each
//! request is attended from the moment it arrives until its response has been sent: when the client leaves before that,
//! the request counts as abandoned. An instance that has abandoned work and no attended request is disposed of, which
//! ends all that it does and closes its connections (see `instances`).

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use futures::task::AtomicWaker;
use http::{HeaderMap, Method, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use wasmtime_wasi_http::WasiBody;

/// Ready as soon as the server stops.
pub(super) type Stopping = Shared<BoxFuture<'static, ()>>;

/// Counts the requests of one instance.
#[derive(Debug, Default)]
pub(super) struct Occupancy {
    attended: AtomicUsize,
    abandoned: AtomicUsize,
    /// Woken when a count changes.
    pub changed: AtomicWaker,
}

impl Occupancy {
    /// Whether work goes on that nobody waits for, and none that somebody waits for.
    pub fn is_forsaken(&self) -> bool {
        self.abandoned.load(SeqCst) > 0 && self.attended.load(SeqCst) == 0
    }

    /// The instance came to rest by itself: forgets who left.
    pub fn settle(&self) {
        self.abandoned.store(0, SeqCst);
    }
}

/// Where a request is.
#[derive(Debug)]
enum Place {
    /// No instance has taken it yet.
    Queued,
    /// In this instance.
    At(Arc<Occupancy>),
    /// Its client has left, or has the whole response.
    Over { abandoned: bool },
}

/// The instance's end of a request.
#[derive(Debug)]
pub(crate) struct Ticket(Arc<Mutex<Place>>);

/// The client's end of a request. Dropping it without `complete` abandons the request.
#[derive(Debug)]
pub(super) struct Attendance(Arc<Mutex<Place>>);

/// The two ends of a new request.
pub(super) fn attend() -> (Attendance, Ticket) {
    let place = Arc::new(Mutex::new(Place::Queued));
    (Attendance(place.clone()), Ticket(place))
}

impl Ticket {
    /// An instance takes the request.
    pub(super) fn taken_by(self, occupancy: &Arc<Occupancy>) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*place {
            Place::Over { abandoned } => {
                occupancy.abandoned.fetch_add(usize::from(*abandoned), SeqCst);
                occupancy.changed.wake();
            }
            _ => {
                occupancy.attended.fetch_add(1, SeqCst);
                *place = Place::At(occupancy.clone());
            }
        }
    }
}

impl Attendance {
    /// The response has been sent.
    fn complete(&self) {
        self.end(false);
    }

    fn end(&self, abandoned: bool) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *place, Place::Over { abandoned });
        match before {
            Place::Over { abandoned } => *place = Place::Over { abandoned },
            Place::Queued => {}
            Place::At(occupancy) => {
                occupancy.abandoned.fetch_add(usize::from(abandoned), SeqCst);
                occupancy.attended.fetch_sub(1, SeqCst);
                occupancy.changed.wake();
            }
        }
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.end(true);
    }
}

/// The body of a response, which is attended until all of it has been handed over.
pub(super) struct AttendedBody {
    body: WasiBody,
    attendance: Attendance,
    /// Bytes that are still to come, where the response says how many: the connection asks for nothing after them, not
    /// even for the end.
    remaining: Option<u64>,
    /// What ends a stream of events that is no answer to anything (`GET`), since it never ends by itself.
    stopping: Option<Stopping>,
}

impl AttendedBody {
    /// Attends the body of a response to a request with `method`.
    pub fn of(
        response: Response<WasiBody>,
        method: &Method,
        attendance: Attendance,
        stopping: Stopping,
    ) -> Response<Self> {
        let (head, body) = response.into_parts();
        let without_body =
            method == Method::HEAD || matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let remaining = match without_body {
            true => Some(0),
            false => head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()),
        };
        let is_listening = method == Method::GET && is_event_stream(&head.headers);
        let attended = Self { body, attendance, remaining, stopping: is_listening.then_some(stopping) };
        attended.complete_at_end();
        Response::from_parts(head, attended)
    }

    fn complete_at_end(&self) {
        if self.remaining == Some(0) || self.body.is_end_stream() {
            self.attendance.complete();
        }
    }
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
}

impl Body for AttendedBody {
    type Data = Bytes;
    type Error = wasmtime_wasi_http::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.stopping.as_mut().is_some_and(|stopping| stopping.poll_unpin(context).is_ready()) {
            return Poll::Ready(None);
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Ready(None | Some(Err(_))) => self.attendance.complete(),
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
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
