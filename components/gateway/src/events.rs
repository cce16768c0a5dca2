//! Answers with a stream of events, while the service is still at work.

use crate::{components::HostClock, endpoint::Endpoint, whole};
use bytes::Bytes;
use code_mode::platform::Clock;
use futures::{
    Stream, StreamExt,
    channel::{mpsc, oneshot},
    future::{Either, select},
};
use http::Response;
use http_body::Frame;
use http_body_util::StreamBody;
use mcp_server::{Exchange, Progress, events};
use serde_json::Value;
use spin_sdk::{
    http::{BoxBody, box_body},
    wasip3::spawn,
};
use std::{cell::Cell, convert::Infallible, future::Future, pin::pin, rc::Rc};

/// How long an answer may take until it is a stream: a client that leaves one ends its work.
const LATE_MS: u64 = 250;

/// How long a stream is silent at the most: only who writes learns that nobody reads any more, and proxies close what
/// they take for dead.
const SILENCE_MS: u64 = 1_000;

/// The response as a stream; the work goes on behind it, and ends early when the client goes away.
pub fn stream(endpoint: Endpoint, exchange: Exchange) -> Response<BoxBody> {
    let (sender, receiver) = mpsc::unbounded();
    let progress = sender.clone();
    let learning = endpoint.clone();
    let work = async move {
        let progress = Events { token: exchange.progress_token(), count: Cell::new(0), sender: &progress };
        endpoint.answer(&exchange, &progress).await
    };
    streamed(learning, work, sender, receiver)
}

/// The response whole, if it is there soon, and as a stream otherwise.
pub async fn stream_if_late(endpoint: Endpoint, exchange: Exchange) -> Response<BoxBody> {
    let exchange = Rc::new(exchange);
    let (answering, answered) = (endpoint.clone(), exchange.clone());
    let work = Box::pin(async move { answering.answer(&answered, &()).await });
    match select(work, pin!(HostClock.sleep_ms(LATE_MS))).await {
        Either::Left((response, _)) => {
            endpoint.learn_later();
            let response = response.unwrap_or_else(|| exchange.cancelled());
            whole(exchange.to_http(response))
        }
        Either::Right(((), work)) => {
            let (sender, receiver) = mpsc::unbounded();
            streamed(endpoint, work, sender, receiver)
        }
    }
}

/// Sends what the work ends with, if it is not cancelled.
fn streamed(
    endpoint: Endpoint,
    work: impl Future<Output = Option<mcp::Response>> + 'static,
    sender: mpsc::UnboundedSender<Bytes>,
    receiver: mpsc::UnboundedReceiver<Bytes>,
) -> Response<BoxBody> {
    let (mut reader_is_gone, reader_is_there) = oneshot::channel::<Infallible>();
    spawn(async move {
        let answer = async {
            let silence = keep_alive(&sender);
            if let Either::Left((Some(response), _)) = select(pin!(work), pin!(silence)).await {
                send(&sender, &response.into());
            }
        };
        select(pin!(answer), reader_is_gone.cancellation()).await;
        endpoint.learn().await;
    });
    events::response(box_body(StreamBody::new(frames(receiver, reader_is_there))))
}

/// Sends comments for as long as it is there.
async fn keep_alive(sender: &mpsc::UnboundedSender<Bytes>) -> Infallible {
    loop {
        HostClock.sleep_ms(SILENCE_MS).await;
        sender.unbounded_send(Bytes::from_static(events::COMMENT)).ok();
    }
}

/// The channel as a body. It owns the sign that somebody still reads.
fn frames(
    receiver: mpsc::UnboundedReceiver<Bytes>,
    reader_is_there: oneshot::Receiver<Infallible>,
) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + Send {
    receiver.map(move |event| {
        let _alive = &reader_is_there;
        Ok(Frame::data(event))
    })
}

struct Events<'a> {
    token: Option<&'a Value>,
    count: Cell<u64>,
    sender: &'a mpsc::UnboundedSender<Bytes>,
}

impl Progress for Events<'_> {
    fn report(&self, message: &str) {
        if let Some(token) = self.token {
            self.count.set(self.count.get() + 1);
            send(self.sender, &events::progress(token, self.count.get(), message));
        }
    }
}

/// A reader that is gone ends the work by itself, so nothing is lost when this fails.
fn send(sender: &mpsc::UnboundedSender<Bytes>, message: &Value) {
    sender.unbounded_send(events::event(message).into()).ok();
}
