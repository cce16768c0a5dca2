//! A request as its server gets it, and the answer as its caller does.

use super::{
    Answer, Answered, Body, Own, Server, headers,
    ids::{CallerIds, ForeignId, Rewriting, Scope},
    sessions::Sessions,
};
use crate::{caller::Caller, failure::Failure, host::Host};
use bytes::Bytes;
use content_negotiation::{EVENTS, media_type};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, request::Parts};
use mcp::{
    Message, RpcError, code, meta,
    strict::{Body as Read, read_strictly},
};
use mcp_client::header_value;

/// Said of an answer to nothing that the server asked this caller.
const NO_SUCH_REQUEST: &str = "This answers no request that the server made to you.";

/// Said of the id of an event that this caller did not get.
const NO_SUCH_EVENT: &str = "Last-Event-ID names no event that you got from this server; begin without it.";

/// Said of the tasks of a server that has no sessions.
const NO_LIST_OF_TASKS: &str = "This server cannot tell your tasks from those of others: ask for each by its id.";

impl<H: Host + 'static> Server<'_, H> {
    /// Passes a request on as it is, but for ids, and gives the answer of the server.
    pub(super) async fn pass(
        &self,
        sessions: &Sessions<'_, H>,
        session: Option<HeaderValue>,
        parts: &Parts,
        body: Bytes,
    ) -> Answered<H> {
        let ids = match self.access.caller.has_others() {
            true => Some(sessions.ids().await?),
            false => None,
        };
        let mut outgoing = headers::to_server(&parts.method, &parts.headers);
        let body = match (&ids, &session, &parts.method) {
            (Some(ids), None, &Method::POST) => match self.message_to_server(ids, &body, &mut outgoing) {
                Ok(body) => body,
                Err(refused) => return Ok(Answer::Own(*refused)),
            },
            _ => body,
        };
        if let Some(event) = parts.headers.get(headers::LAST_EVENT_ID).filter(|_| parts.method == Method::GET) {
            let event = match &ids {
                Some(ids) => ids.untagged_event(&text_of(session.as_ref()), event.as_bytes()),
                None => Some(event.as_bytes()),
            };
            let Some(event) = event.and_then(|event| HeaderValue::from_bytes(event).ok()) else {
                return Ok(Answer::Own(Own::bad_request(NO_SUCH_EVENT)));
            };
            outgoing.insert(headers::LAST_EVENT_ID, event);
        }
        if let Some(session) = &session {
            outgoing.insert(meta::SESSION_HEADER, session.clone());
        }
        let response = self.usable.upstream.pass(parts.method.clone(), outgoing, body).await.map_err(Failure::from)?;
        let (parts, body) = response.into_parts();
        let mut incoming: HeaderMap = headers::to_caller(&parts.headers, self.usable.upstream.redactor());
        let begun = parts.headers.get(meta::SESSION_HEADER);
        if let Some(begun) = begun {
            incoming.insert(meta::SESSION_HEADER, sessions.seal(begun).await?);
        }
        let scope = match (&session, begun) {
            (Some(_), _) => Scope::Session,
            (None, Some(_)) => Scope::Caller,
            (None, None) => Scope::Both,
        };
        let are_events = media_type(&incoming).as_deref() == Some(EVENTS);
        let rewriting = ids.and_then(|ids| match are_events {
            true => Some(Rewriting::of_events(&ids, scope, text_of(begun.or(session.as_ref())))),
            false => Rewriting::of_json(&ids, scope),
        });
        let mut response = Response::new(self.body(body, are_events, rewriting));
        *response.status_mut() = parts.status;
        *response.headers_mut() = incoming;
        Ok(Answer::Passed(Box::new(response)))
    }

    /// A message for a server without a session, which takes an id from anybody: what is not well-formed stays here,
    /// since its ids could be read in another way.
    fn message_to_server(&self, ids: &CallerIds, body: &[u8], outgoing: &mut HeaderMap) -> Result<Bytes, Box<Own>> {
        let read = read_strictly(body).map_err(|invalid| Box::new(Own::invalid(*invalid)))?;
        let lists_tasks = |message: &Message| matches!(message, Message::Request(it) if it.method == "tasks/list");
        if matches!(self.access.caller, Caller::Client(_)) && read.messages().iter().any(lists_tasks) {
            return Err(Box::new(match read {
                Read::Single(Message::Request(request)) => Own::error(
                    StatusCode::OK,
                    Some(request.id),
                    RpcError::new(code::METHOD_NOT_FOUND, NO_LIST_OF_TASKS),
                ),
                _ => Own::bad_request(NO_LIST_OF_TASKS),
            }));
        }
        let (body, task) =
            ids.to_server(body, &read).map_err(|ForeignId| Box::new(Own::bad_request(NO_SUCH_REQUEST)))?;
        // The header says what the message says.
        if let (Some(task), Some(name)) = (task, outgoing.get_mut(meta::NAME_HEADER)) {
            *name = header_value(&task);
        }
        Ok(body)
    }

    /// The body of the server's answer. Events may come for as long as there are some; anything else is complete within
    /// the time of a call.
    fn body(&self, body: H::Body, are_events: bool, rewriting: Option<Rewriting>) -> Body<H::Body> {
        let body = Body::streamed(body)
            .redacted(self.usable.upstream.redaction())
            .rewritten(rewriting)
            .while_standing(self.access.taken_away(self.alias), are_events);
        if are_events { body } else { body.until(self.usable.upstream.call_time()) }
    }
}

/// What tells a session from others; empty where there is none.
fn text_of(session: Option<&HeaderValue>) -> String {
    session.map(|session| String::from_utf8_lossy(session.as_bytes()).into_owned()).unwrap_or_default()
}
