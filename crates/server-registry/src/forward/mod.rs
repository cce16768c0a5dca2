//! Passing requests through to a server, everything that it has: tools, resources, prompts, notifications, its own
//! requests to the client. What passes is named (`headers`); sessions are sealed for whom they were begun
//! (`sessions`); between eras, what both have is translated (`translate`).

mod body;
mod headers;
mod sessions;
mod translate;

use crate::{
    access::Access,
    failure::{Failure, FailureKind},
    host::Host,
    upstream::Upstream,
};
use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use mcp::{Era, Message, meta};
use mcp_server::{Exchange, HttpResponse, Received, accepted, peek, receive};
use serde_json::Value;
use sessions::{Session, Sessions};

pub use body::Body;

/// Bytes of an answer to `initialize` that are read to see whether it is a refusal.
const INITIALIZE_BYTES: usize = 1 << 20;

/// Why a request was not passed through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotForwarded {
    /// The session that it names was begun by another caller, with another server or under another key: to this
    /// caller it does not exist.
    UnknownSession,
    /// The method is not one of Streamable HTTP.
    Method,
    /// The server cannot be reached, or answered with what must not be passed on.
    Failed(Failure),
}

impl From<Failure> for NotForwarded {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

type Forwarded<H> = Result<Response<Body<<H as mcp_client::Transport>::Body>>, NotForwarded>;

impl<H: Host> Access<H> {
    /// Passes a request on to a server with the server's credentials, and gives the response as it comes.
    ///
    /// Of the request only method, body and the headers of MCP are passed on: never what the caller showed to the
    /// gateway. A session that the server begins is good for this caller only.
    pub async fn forward(&self, alias: &str, request: Request<Bytes>) -> Forwarded<H> {
        let (parts, body) = request.into_parts();
        if !matches!(parts.method, Method::POST | Method::GET | Method::DELETE) {
            return Err(NotForwarded::Method);
        }
        let upstream = self.upstream(alias)?;
        let sessions = Sessions::open(&self.registry.host, alias, &self.caller);
        let session = match parts.headers.get(meta::SESSION_HEADER) {
            Some(sealed) => Some(sessions.unseal(sealed).await?.ok_or(NotForwarded::UnknownSession)?),
            None => None,
        };
        let session = match session {
            Some(Session::Translated) => return Ok(whole(translated(&upstream, &parts, &body).await)),
            Some(Session::OfServer(id)) => Some(id),
            None => None,
        };
        match peek(&parts.headers, &body).filter(|_| parts.method == Method::POST) {
            Some((_, Era::Modern)) if speaks(&upstream, Era::Legacy).await && !wants_requests(&body) => {
                Ok(whole(translated(&upstream, &parts, &body).await))
            }
            Some((method, Era::Legacy)) if method == "initialize" => {
                self.initialize(&upstream, &sessions, &parts, body).await
            }
            Some((_, Era::Legacy)) if session.is_none() && upstream.refuses_initialize().await => {
                Ok(whole(translated(&upstream, &parts, &body).await))
            }
            _ => pass(&upstream, &sessions, session, &parts, body).await,
        }
    }

    /// Begins a session with the server, or a translated one where it refuses because it is of the modern era only.
    async fn initialize(
        &self,
        upstream: &Upstream<H>,
        sessions: &Sessions<'_, H>,
        parts: &Parts,
        body: Bytes,
    ) -> Forwarded<H> {
        if !upstream.refuses_initialize().await {
            let answer = pass(upstream, sessions, None, parts, body.clone()).await?;
            let (answer, refused) = refusal(answer).await;
            if !refused || !speaks(upstream, Era::Modern).await {
                return Ok(answer);
            }
            upstream.note_refused_initialize().await;
        }
        let mut answer = translated(upstream, parts, &body).await;
        answer.headers_mut().insert(meta::SESSION_HEADER, sessions.seal_translated().await?);
        Ok(whole(answer))
    }
}

/// Passes a request on as it is.
async fn pass<H: Host>(
    upstream: &Upstream<H>,
    sessions: &Sessions<'_, H>,
    session: Option<HeaderValue>,
    parts: &Parts,
    body: Bytes,
) -> Forwarded<H> {
    let mut outgoing = headers::to_server(&parts.headers);
    if let Some(session) = session {
        outgoing.insert(meta::SESSION_HEADER, session);
    }
    let response = upstream.pass(parts.method.clone(), outgoing, body).await.map_err(Failure::from)?;
    let (parts, body) = response.into_parts();
    let mut incoming: HeaderMap = headers::to_caller(&parts.headers);
    if let Some(session) = parts.headers.get(meta::SESSION_HEADER) {
        incoming.insert(meta::SESSION_HEADER, sessions.seal(session).await?);
    }
    let mut response = Response::new(Body::Streamed(body));
    *response.status_mut() = parts.status;
    *response.headers_mut() = incoming;
    Ok(response)
}

/// Answers a request to a server of the other era.
async fn translated<H: Host>(upstream: &Upstream<H>, parts: &Parts, body: &Bytes) -> HttpResponse {
    if parts.method == Method::DELETE {
        let mut ended = HttpResponse::default();
        *ended.status_mut() = StatusCode::NO_CONTENT;
        return ended;
    }
    match receive(&parts.method, &parts.headers, body) {
        Received::Exchange(exchange) => {
            let response = translate::answer(upstream, &exchange).await;
            Exchange::into_http(*exchange, response)
        }
        Received::Batch(batch) => batch.answered(|exchange| translate::answer(upstream, exchange)).await,
        Received::Cancelled(_) => accepted(),
        Received::Done(response) => *response,
    }
}

/// Whether the server is of an era, as far as that can be found out.
async fn speaks<H: Host>(upstream: &Upstream<H>, era: Era) -> bool {
    upstream.connection().await.is_ok_and(|connection| connection.era() == era)
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

/// An answer to `initialize`, and whether it is a refusal: a client error, or a JSON-RPC error at any status.
async fn refusal<B>(response: Response<Body<B>>) -> (Response<Body<B>>, bool)
where
    B: futures::Stream<Item = Result<Bytes, mcp_client::TransportError>> + Unpin,
{
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if response.status().is_client_error() || !is_json {
        let refused = response.status().is_client_error() && response.status() != StatusCode::TOO_MANY_REQUESTS;
        return (response, refused);
    }
    let (parts, mut body) = response.into_parts();
    let mut bytes = Vec::new();
    while let Some(Ok(chunk)) = body.next().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > INITIALIZE_BYTES {
            break;
        }
    }
    let refused = serde_json::from_slice::<Value>(&bytes).is_ok_and(|message| message.get("error").is_some());
    (Response::from_parts(parts, Body::from(bytes)), refused)
}

fn whole<B>(response: HttpResponse) -> Response<Body<B>> {
    response.map(Body::from)
}

/// A sealed session that cannot be made for want of a key.
fn no_key(reason: &str) -> Failure {
    Failure::new(FailureKind::Configuration, format!("Sessions cannot be sealed: {reason}."))
}

/// A header value that was made of base64url characters.
fn header_value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("letters, digits, \"-\" and \"_\"")
}
