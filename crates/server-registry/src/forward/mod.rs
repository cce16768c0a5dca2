//! Passing requests through to a server, everything that it has: tools, resources, prompts, notifications, its own
//! requests to the client. What passes is named (`headers`); sessions are sealed for whom they were begun
//! (`sessions`), and ids are good for whose they are (`ids`); between eras, what both have is translated (`translate`).

mod all_tools;
mod body;
mod headers;
mod heard;
mod ids;
mod limited;
mod list_as_caller;
mod own;
mod pass;
mod refusal;
mod sessions;
mod standing;
mod translate;
mod verdict;

use crate::{
    access::{Access, Usable},
    failure::{Failure, FailureKind},
    happened::outcome_of,
    host::Host,
    sign_in::NotSignedIn,
};
use bytes::Bytes;
use futures::future::{Either, select};
use heard::Heard;
use http::{HeaderValue, Method, Request, Response, StatusCode, request::Parts};
use limited::Limited;
use mcp::{Era, Message, meta, strict::read_strictly};
use mcp_client::{Problem, TransportError};
use mcp_server::{Bulletin, Cancellation, Exchange, Received, accepted, peek, receive};
use own::{Own, worse};
use refusal::is_refusal;
use serde_json::Value;
use sessions::{Session, Sessions};
use std::{cell::Cell, pin::pin, time::Duration};
use usage::Outcome;

pub use body::Body;

/// Why a request was not passed through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotForwarded {
    /// The session that it names was begun by another caller, with another server or under another key: to this
    /// caller it does not exist.
    UnknownSession,
    /// The method is not one of Streamable HTTP.
    Method,
    /// The caller may not come in any more.
    NotSignedIn(NotSignedIn),
    /// The server cannot be reached, or answered with what must not be passed on.
    Failed(Failure),
}

impl From<NotSignedIn> for NotForwarded {
    fn from(reason: NotSignedIn) -> Self {
        Self::NotSignedIn(reason)
    }
}

impl From<Failure> for NotForwarded {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

type Forwarded<H> = Result<Response<Body<<H as mcp_client::Transport>::Body>>, NotForwarded>;

/// The answer to a request.
enum Answer<B> {
    /// The gateway's own.
    Own(Own),
    /// The server's.
    Passed(Box<Response<Body<B>>>),
}

type Answered<H> = Result<Answer<<H as mcp_client::Transport>::Body>, NotForwarded>;

impl<H: Host + 'static> Access<H> {
    /// Passes a request on to a server with the server's credentials, and gives the response as it comes.
    ///
    /// Of the request only method, body and the headers of MCP are passed on: never what the caller showed to the
    /// gateway. A session that the server begins is good for this caller only.
    pub async fn forward(&self, alias: &str, request: Request<Bytes>) -> Forwarded<H> {
        let (what, awaits_response) = subject(request.method(), request.body());
        let mut under_way = self.begin(&execution_id(&self.registry.host), alias, &what, request.body().len());
        match self.answer(alias, request).await {
            Ok(Answer::Own(Own { response, outcome })) => {
                Ok(response.map(|body| Body::from(body).watched(Heard::own(under_way, outcome))))
            }
            Ok(Answer::Passed(response)) => {
                let heard = Heard::of_server(under_way, &response, awaits_response);
                Ok((*response).map(|body| body.watched(heard)))
            }
            Err(reason) => {
                under_way.outcome = match &reason {
                    NotForwarded::Failed(failure) => outcome_of(failure),
                    _ => Outcome::Failed(usage::FailureKind::Refused),
                };
                Err(reason)
            }
        }
    }

    async fn answer(&self, alias: &str, request: Request<Bytes>) -> Answered<H> {
        self.is_admitted().await?;
        let (mut parts, body) = request.into_parts();
        if !matches!(parts.method, Method::POST | Method::GET | Method::DELETE) {
            return Err(NotForwarded::Method);
        }
        let server = Server { access: self, alias, usable: self.usable(alias).await? };
        let sessions = Sessions::open(&self.registry.host, alias, self.caller.id());
        let asked = peek(&parts.headers, &body).filter(|_| parts.method == Method::POST);
        // The modern era has no sessions, and ignores the header.
        let is_modern = matches!(asked, Some((_, Era::Modern)));
        let session = match parts.headers.get(meta::SESSION_HEADER).filter(|_| !is_modern) {
            Some(sealed) => Some(sessions.unseal(sealed).await?.ok_or(NotForwarded::UnknownSession)?),
            None => None,
        };
        let body = if parts.method == Method::POST { body } else { Bytes::new() };
        if let Some(refused) = Own::unreadable(&parts, &body) {
            return Ok(Answer::Own(refused));
        }
        let read = match parts.method == Method::POST && server.is_restricted() {
            true => match read_strictly(&body) {
                Ok(read) => Some(read),
                Err(invalid) => return Ok(Answer::Own(Own::invalid(*invalid))),
            },
            false => None,
        };
        let session = match session {
            Some(Session::Translated) => return Ok(Answer::Own(server.translated(&parts, &body).await)),
            Some(Session::OfServer(id)) => Some(id),
            None => None,
        };
        if let Some(read) = &read {
            match server.limited(&mut parts, &body, read).await {
                Some(Limited::Answered(own)) => return Ok(Answer::Own(own)),
                Some(Limited::List) => return server.list_permitted(&sessions, session, &parts, &body).await,
                None => {}
            }
        }
        match asked {
            Some((_, Era::Modern)) if server.speaks(Era::Legacy).await? && !wants_requests(&body) => {
                Ok(Answer::Own(server.translated(&parts, &body).await))
            }
            Some((method, Era::Legacy)) if method == "initialize" => server.initialize(&sessions, &parts, body).await,
            Some((_, Era::Legacy)) if session.is_none() && server.usable.upstream.refuses_initialize().await => {
                Ok(Answer::Own(server.translated(&parts, &body).await))
            }
            None if session.is_none() && is_batch(&body) && server.usable.upstream.refuses_initialize().await => {
                Ok(Answer::Own(server.translated(&parts, &body).await))
            }
            _ => server.pass(&sessions, session, &parts, body).await,
        }
    }
}

/// The server that a caller's request is for.
struct Server<'a, H> {
    access: &'a Access<H>,
    alias: &'a str,
    usable: Usable<H>,
}

impl<H: Host> Bulletin for Server<'_, H> {
    async fn post(&self, request: &str) {
        self.access.registry.post_cancellation(&[self.access.caller.id(), self.alias, request]).await;
    }

    async fn is_posted(&self, request: &str) -> bool {
        self.access.registry.take_cancellation(&[self.access.caller.id(), self.alias, request]).await
    }
}

impl<H: Host + 'static> Server<'_, H> {
    /// The translated answer, and how the request ended, should the client not cancel it before. That drops the request
    /// to the server, which closes its stream: that is how one of 2026-07-28 hears of it.
    async fn unless_cancelled(&self, exchange: &Exchange) -> (mcp::Response, Outcome) {
        let (registry, answer) = (&self.access.registry, translate::answer(self, exchange));
        let sleep_ms = |duration_ms| registry.host.sleep(Duration::from_millis(duration_ms));
        let answered = registry.under_way.unless_cancelled(&self.key(), exchange, answer, sleep_ms, self).await;
        answered.unwrap_or_else(|| (exchange.cancelled(), Outcome::Failed(usage::FailureKind::Cancelled)))
    }

    async fn cancel(&self, cancellation: Cancellation) {
        self.access.registry.under_way.cancel(&self.key(), cancellation, self).await;
    }

    /// Whose requests to which server.
    fn key(&self) -> (String, String) {
        (self.access.caller.id().to_string(), self.alias.to_string())
    }

    /// Begins a session with the server, or a translated one where it refuses because it is of the modern era only.
    async fn initialize(&self, sessions: &Sessions<'_, H>, parts: &Parts, body: Bytes) -> Answered<H> {
        let upstream = &self.usable.upstream;
        if !upstream.refuses_initialize().await {
            let mut answer = match self.pass(sessions, None, parts, body.clone()).await? {
                Answer::Passed(answer) => answer,
                own => return Ok(own),
            };
            let refused = match select(pin!(is_refusal(&mut answer)), pin!(upstream.call_time())).await {
                Either::Left((refused, _)) => refused,
                Either::Right(_) => Err(TransportError::TooLate),
            };
            let refused = refused.map_err(|reason| Failure::from(upstream.broke_off(reason)))?;
            // It may be this client's message that is refused, and not the era.
            if !refused
                || !self.speaks(Era::Modern).await.unwrap_or(false)
                || !upstream.find_whether_it_refuses_initialize().await
            {
                return Ok(Answer::Passed(answer));
            }
        }
        let mut own = self.translated(parts, &body).await;
        own.response.headers_mut().insert(meta::SESSION_HEADER, sessions.seal_translated().await?);
        Ok(Answer::Own(own))
    }

    /// Answers a request over the registry's own connection, in the era of the client.
    async fn translated(&self, parts: &Parts, body: &Bytes) -> Own {
        if parts.method == Method::DELETE {
            let mut ended = accepted();
            *ended.status_mut() = StatusCode::NO_CONTENT;
            return Own { response: ended, outcome: Outcome::OwnAnswer };
        }
        match receive(&parts.method, &parts.headers, body) {
            Received::Exchange(exchange) => {
                let (response, outcome) = self.unless_cancelled(&exchange).await;
                Own { response: exchange.to_http(response), outcome }
            }
            Received::Batch(mut batch) => {
                for cancellation in batch.cancellations.drain(..) {
                    self.cancel(cancellation).await;
                }
                let ended = Cell::new(Outcome::OwnAnswer);
                let response = batch.answered(|exchange| async {
                    let (response, outcome) = self.unless_cancelled(exchange).await;
                    ended.set(worse(ended.get(), outcome));
                    response
                });
                Own { response: response.await, outcome: ended.get() }
            }
            Received::Cancelled(cancellation) => {
                self.cancel(cancellation).await;
                Own { response: accepted(), outcome: Outcome::OwnAnswer }
            }
            Received::Done(response) if response.status().is_success() => {
                Own { response: *response, outcome: Outcome::OwnAnswer }
            }
            Received::Done(response) => Own::refused(*response),
        }
    }

    /// Whether the server is of an era. That it does not answer is an error here; what else is wrong with it shows when
    /// the request is passed on.
    async fn speaks(&self, era: Era) -> Result<bool, Failure> {
        match self.usable.upstream.connection().await {
            Ok(connection) => Ok(connection.era() == era),
            Err(error) if matches!(*error.problem, Problem::Unreachable { .. } | Problem::TimedOut { .. }) => {
                Err(error.into())
            }
            Err(_) => Ok(false),
        }
    }
}

/// What a request is about: the tool that it calls, or else the method of MCP, or of HTTP. And whether it wants a
/// response of JSON-RPC.
fn subject(method: &Method, body: &[u8]) -> (String, bool) {
    match serde_json::from_slice(body).map(Message::read) {
        Ok(Ok(Message::Request(request))) => match request.params.get("name").and_then(Value::as_str) {
            Some(name) if request.method == "tools/call" => (name.to_string(), true),
            _ => (request.method, true),
        },
        Ok(Ok(Message::Notification(notification))) => (notification.method, false),
        _ => (method.to_string(), is_batch(body)),
    }
}

/// A name for a call that no other has.
fn execution_id(host: &impl Host) -> String {
    format!("{:016x}{:016x}", host.random(), host.random())
}

/// Whether a body holds several messages, as only MCP 2025-03-26 has it.
fn is_batch(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"[")
}

/// Whether a client that asks for the modern era can answer requests of servers (elicitation, sampling, roots).
/// With a legacy server those are not translated, so such a client is left to find out that the server is of the
/// legacy era, and to speak that.
fn wants_requests(body: &[u8]) -> bool {
    let Ok(Ok(Message::Request(request))) = serde_json::from_slice(body).map(Message::read) else { return false };
    let capabilities = request.params.get("_meta").and_then(|own| own.get(meta::CLIENT_CAPABILITIES));
    let declares = |name: &str| capabilities.is_some_and(|capabilities| capabilities.get(name).is_some());
    request.method == "server/discover" && ["elicitation", "sampling", "roots"].into_iter().any(declares)
}

/// A sealed session that cannot be made for want of a key.
fn no_key(reason: &str) -> Failure {
    Failure::new(FailureKind::Configuration, format!("Sessions cannot be sealed: {reason}."))
}

/// A header value that was made of base64url characters.
fn header_value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("letters, digits, \"-\" and \"_\"")
}
