//! Answers with a stream of events, while the service is still at work.

use crate::{cancellation::unless_cancelled, endpoint::Endpoint};
use bytes::Bytes;
use futures::{
    Stream, StreamExt,
    channel::{mpsc, oneshot},
    future::select,
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
use std::{cell::Cell, convert::Infallible, pin::pin};

/// The response; the work goes on behind it, and ends early when the client goes away.
pub fn stream(endpoint: Endpoint, exchange: Exchange) -> Response<BoxBody> {
    let (sender, receiver) = mpsc::unbounded();
    let (mut reader_is_gone, reader_is_there) = oneshot::channel::<Infallible>();
    spawn(async move {
        let work = answer(&endpoint, &exchange, &sender);
        select(pin!(work), reader_is_gone.cancellation()).await;
        endpoint.learn().await;
    });
    events::response(box_body(StreamBody::new(frames(receiver, reader_is_there))))
}

async fn answer(endpoint: &Endpoint, exchange: &Exchange, sender: &mpsc::UnboundedSender<Bytes>) {
    let progress = Events { token: exchange.progress_token(), count: Cell::new(0), sender };
    if let Some(response) = unless_cancelled(exchange, endpoint.answer(exchange, &progress)).await {
        send(sender, &response.into());
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
