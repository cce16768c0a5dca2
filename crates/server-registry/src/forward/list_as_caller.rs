//! The list of those tools that a caller may see, asked for as the caller itself would: in its own session, or with its
//! own capabilities, since servers have other tools for other clients.

use super::{Answer, Answered, Body, NotForwarded, Own, Server, execution_id, sessions::Sessions, translate::Refused};
use crate::host::Host;
use bytes::Bytes;
use content_negotiation::{EVENTS, media_type};
use futures::{Stream, StreamExt};
use http::{HeaderMap, HeaderValue, request::Parts};
use mcp::{Era, Id, Message, Request, Response};
use mcp_client::{Limits, TransportError, sse::Parser, whole};
use mcp_server::{Exchange, Received, receive};
use serde_json::{Map, Value};
use std::cell::Cell;
use usage::{FailureKind, Outcome};

/// Why there is no list.
enum NotListed<B> {
    Refused(Refused),
    /// The server's answer says it.
    Answered(Box<http::Response<Body<B>>>),
    NotForwarded(NotForwarded),
}

impl<B> From<Refused> for NotListed<B> {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl<H: Host + 'static> Server<'_, H> {
    /// The answer to `tools/list` where some tools are forbidden. Who has no session, and is not of the server's era,
    /// gets what the registry's own connection shows.
    pub(super) async fn list_permitted(
        &self,
        sessions: &Sessions<'_, H>,
        session: Option<HeaderValue>,
        parts: &Parts,
        body: &Bytes,
    ) -> Answered<H> {
        let exchange = match receive(&parts.method, &parts.headers, body) {
            Received::Exchange(exchange) => exchange,
            _ => return Ok(Answer::Own(self.translated(parts, body).await)),
        };
        let is_modern = exchange.version.era() == Era::Modern;
        if session.is_none() && !(is_modern && self.speaks(Era::Modern).await?) {
            return Ok(Answer::Own(self.translated(parts, body).await));
        }
        let is_first = Cell::new(true);
        let page = async |params| {
            self.page(sessions, session.clone(), parts, &exchange, params, is_first.replace(false)).await
        };
        let (outcome, ended) = match self.permitted_tools(&exchange.request.params, page).await {
            Ok(list) => (Ok(list), Outcome::Ok),
            Err(NotListed::Refused(Refused { error, outcome })) => (Err(error), outcome),
            Err(NotListed::Answered(answer)) => return Ok(Answer::Passed(answer)),
            Err(NotListed::NotForwarded(reason)) => return Err(reason),
        };
        let response = Response { id: Some(exchange.request.id.clone()), outcome };
        Ok(Answer::Own(Own { response: exchange.to_http(response), outcome: ended }))
    }

    /// One page. The first one is asked for under the caller's id, and the server's answer to it is the caller's where
    /// it is no success: that the session is over, say.
    async fn page(
        &self,
        sessions: &Sessions<'_, H>,
        session: Option<HeaderValue>,
        parts: &Parts,
        exchange: &Exchange,
        params: Map<String, Value>,
        is_first: bool,
    ) -> Result<Value, NotListed<H::Body>> {
        let id = match is_first {
            true => exchange.request.id.clone(),
            false => Id::String(execution_id(&self.access.registry.host)),
        };
        let request = Request { id: id.clone(), method: exchange.request.method.clone(), params };
        let body = Bytes::from(Value::from(&request).to_string());
        let answer = match self.pass(sessions, session, parts, body).await.map_err(NotListed::NotForwarded)? {
            Answer::Passed(answer) => answer,
            Answer::Own(_) => return Err(self.unusable("its list of tools cannot be asked for").into()),
        };
        if !answer.status().is_success() {
            return Err(match is_first {
                true => NotListed::Answered(answer),
                false => self.unusable("its list of tools breaks off").into(),
            });
        }
        let (parts, body) = answer.into_parts();
        let outcome = response(&parts.headers, body, &id).await;
        match outcome.ok_or_else(|| self.unusable("its list of tools is none"))? {
            Ok(result) => Ok(result),
            Err(error) if is_first => Err(Refused { error, outcome: Outcome::Failed(FailureKind::Rpc) }.into()),
            Err(_) => Err(self.unusable("its list of tools breaks off").into()),
        }
    }
}

/// The outcome in the response to a request, as JSON or as an event; `None` when it is not there.
async fn response<B>(headers: &HeaderMap, mut body: Body<B>, id: &Id) -> Option<Result<Value, mcp::RpcError>>
where
    B: Stream<Item = Result<Bytes, TransportError>> + Unpin,
{
    let limit_bytes = Limits::default().answer_bytes;
    if media_type(headers).as_deref() != Some(EVENTS) {
        return outcome(&whole(body, limit_bytes).await.ok()?, id);
    }
    let mut parser = Parser::new(limit_bytes);
    while let Some(Ok(chunk)) = body.next().await {
        let mut events = Vec::new();
        parser.push(&chunk, &mut events).ok()?;
        if let Some(outcome) = events.iter().find_map(|event| outcome(event.data.as_bytes(), id)) {
            return Some(outcome);
        }
    }
    None
}

fn outcome(message: &[u8], id: &Id) -> Option<Result<Value, mcp::RpcError>> {
    match Message::read(serde_json::from_slice(message).ok()?) {
        Ok(Message::Response(response)) if response.id.as_ref() == Some(id) => Some(response.outcome),
        _ => None,
    }
}
