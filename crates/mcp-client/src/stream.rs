//! The SSE stream that answers a request.

use crate::{
    body,
    client::Client,
    clock::Clock,
    connection::Connection,
    error::{Error, Fault},
    limits::LAST_EVENT_ID_BYTES,
    messages,
    replies::Replies,
    request::Context,
    sse::{Event, Parser},
    transport::{Transport, TransportError},
};
use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderValue, Method, StatusCode, header};
use mcp::{Id, Message, Response};
use std::{future::poll_fn, time::Duration};

/// Before a stream is taken up again, where the server says nothing.
const DEFAULT_RETRY_MS: u64 = 1_000;
/// However long it says.
const LONGEST_RETRY_MS: u64 = 15_000;

/// Events of one stream that are no messages.
const PASSED_OVER: usize = 100;

struct Reading<'a, B> {
    body: B,
    parser: Parser,
    events: Vec<Event>,
    received_bytes: usize,
    resumptions: u32,
    foreign_response: bool,
    /// How much was no message, and what was wrong with the first.
    passed_over: usize,
    fault: Option<Fault>,
    /// Answers to the server's own requests.
    replies: Replies<'a>,
}

impl<T: Transport, C: Clock> Client<T, C> {
    /// Reads until the response to `id` is there. Notifications are passed over, requests of a legacy
    /// server answered, and a legacy stream that ended too early is taken up again where it has event ids.
    pub(crate) async fn read_stream(
        &self,
        method: &str,
        context: Context<'_>,
        body: T::Body,
        id: &Id,
    ) -> Result<Response, Error> {
        let mut reading = Reading {
            body,
            parser: Parser::new(self.limits.answer_bytes),
            events: Vec::new(),
            received_bytes: 0,
            resumptions: 0,
            foreign_response: false,
            passed_over: 0,
            fault: None,
            replies: Replies::default(),
        };
        loop {
            match reading.next_chunk(self.limits.replies_at_once).await {
                Some(Ok(chunk)) => {
                    let taken = reading.take(&chunk, self.limits.stream_bytes);
                    taken.map_err(|fault| self.protocol(method, fault))?;
                    for event in std::mem::take(&mut reading.events) {
                        if let Some(response) = self.handle(method, context, &mut reading, &event, id)? {
                            // Servers end the stream right after the response.
                            self.transport.finish(reading.body);
                            return Ok(response);
                        }
                    }
                }
                ended => {
                    let error = self.ended(method, &reading, ended);
                    reading.body = Box::pin(self.take_up(method, context, &mut reading, error)).await?;
                }
            }
        }
    }

    /// Handles the messages of one event; gives the response when it is among them.
    fn handle<'a>(
        &'a self,
        method: &str,
        context: Context<'a>,
        reading: &mut Reading<'a, T::Body>,
        event: &Event,
        id: &Id,
    ) -> Result<Option<Response>, Error> {
        if event.name != "message" || event.data.trim().is_empty() {
            return Ok(None);
        }
        let messages = match messages::read(method, event.data.as_bytes()) {
            Ok(messages) => messages,
            Err(fault) => return reading.pass_over(fault).map(|()| None).map_err(|fault| self.protocol(method, fault)),
        };
        for message in messages {
            let message = match message {
                Ok(message) => message,
                // Nothing else will answer the request.
                Err(no_message) if no_message.id.as_ref() == Some(id) => {
                    return Err(self.protocol(method, no_message.fault));
                }
                Err(no_message) => {
                    reading.pass_over(no_message.fault).map_err(|fault| self.protocol(method, fault))?;
                    continue;
                }
            };
            match message {
                Message::Response(response) if messages::answers(&response, id) => return Ok(Some(response)),
                Message::Response(_) => reading.foreign_response = true,
                Message::Notification(notification) => {
                    // What is said of the tools along with their list is said of that list.
                    if notification.method == "notifications/tools/list_changed" && method != "tools/list" {
                        self.note_tools_changed();
                    }
                }
                Message::Request(request) => {
                    // The modern era has no requests from servers.
                    if let Context::Legacy(connection) = context {
                        let post = |method, reply| self.reply(connection, method, reply);
                        let added = reading.replies.add(&self.limits, request, post);
                        added.map_err(|fault| self.protocol(method, fault))?;
                    }
                }
            }
        }
        Ok(None)
    }

    /// Answers a request of the server by a POST of its own.
    async fn reply(&self, connection: &Connection, method: String, reply: String) {
        let headers = Context::Legacy(connection).headers(None);
        // Whether it arrives shows on the stream itself. Boxed, since most wait for their turn.
        if let Ok(accepted) = Box::pin(self.post(&method, headers, Bytes::from(reply))).await {
            // Until its end is read, so that its connection can be used again, it is under way.
            let _unread = body::beginning(&self.clock, accepted.into_body()).await;
        }
    }

    fn ended(
        &self,
        method: &str,
        reading: &Reading<'_, T::Body>,
        ended: Option<Result<Bytes, TransportError>>,
    ) -> Error {
        match ended {
            Some(Err(reason)) => self.unreachable(reason),
            _ if let Some(fault) = &reading.fault => self.protocol(method, fault.clone()),
            _ if reading.foreign_response => self.protocol(method, Fault::WrongId),
            _ => self.protocol(method, Fault::Unfinished { detail: String::new() }),
        }
    }

    /// Opens the rest of a legacy stream: GET with `Last-Event-ID` after the server's `retry`.
    async fn take_up(
        &self,
        method: &str,
        context: Context<'_>,
        reading: &mut Reading<'_, T::Body>,
        error: Error,
    ) -> Result<T::Body, Error> {
        let Context::Legacy(connection) = context else { return Err(error) };
        let last_event_id = reading.parser.last_event_id().filter(|id| id.len() <= LAST_EVENT_ID_BYTES);
        let last_event_id = last_event_id.and_then(|id| HeaderValue::from_str(id).ok());
        let Some(last_event_id) = last_event_id.filter(|_| reading.resumptions < self.limits.resumptions) else {
            return Err(error);
        };
        reading.resumptions += 1;
        let delay_ms = reading.parser.retry_ms().unwrap_or(DEFAULT_RETRY_MS).min(LONGEST_RETRY_MS);
        self.clock.sleep(Duration::from_millis(delay_ms)).await;

        let mut headers = Context::Legacy(connection).headers(None);
        headers.insert("last-event-id", last_event_id);
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        let response = self.send(method, self.http_request(Method::GET, headers, Bytes::new())).await?;
        if response.status() != StatusCode::OK {
            let detail = format!(", and could not be taken up again (HTTP {})", response.status());
            return Err(self.protocol(method, Fault::Unfinished { detail }));
        }
        reading.parser.reconnect();
        Ok(response.into_body())
    }
}

impl<B: futures::Stream<Item = Result<Bytes, TransportError>> + Unpin> Reading<'_, B> {
    /// The next chunk; replies under way go on meanwhile.
    async fn next_chunk(&mut self, replies_at_once: usize) -> Option<Result<Bytes, TransportError>> {
        poll_fn(|task| {
            self.replies.poll(task, replies_at_once);
            self.body.poll_next_unpin(task)
        })
        .await
    }

    /// What is no message cannot be the answer, which may follow.
    fn pass_over(&mut self, fault: Fault) -> Result<(), Fault> {
        self.passed_over += 1;
        if self.passed_over > PASSED_OVER {
            return Err(fault);
        }
        self.fault.get_or_insert(fault);
        Ok(())
    }

    fn take(&mut self, chunk: &[u8], stream_bytes: usize) -> Result<(), Fault> {
        self.received_bytes += chunk.len();
        if self.received_bytes > stream_bytes {
            return Err(Fault::TooLarge { limit_bytes: stream_bytes });
        }
        self.parser
            .push(chunk, &mut self.events)
            .map_err(|too_large| Fault::TooLarge { limit_bytes: too_large.limit_bytes })
    }
}
