//! Passing requests through to a server, everything that it has: tools, resources, prompts, notifications, its own
//! requests to the client. What passes is named (`headers`); sessions are sealed for whom they were begun (`sessions`).

mod headers;
mod sessions;

use crate::{
    failure::{Failure, FailureKind},
    host::Host,
    registry::Registry,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use mcp::meta;
use sessions::Sessions;

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

impl<H: Host> Registry<H> {
    /// Passes a request on to a server with the server's credentials, and gives the response as it comes.
    ///
    /// `caller` tells callers apart. Of the request only method, body and the headers of MCP are passed on: never
    /// what the caller showed to the gateway. A session that the server begins is good for this caller only.
    pub async fn forward(
        &self,
        alias: &str,
        caller: &str,
        request: Request<Bytes>,
    ) -> Result<Response<H::Body>, NotForwarded> {
        let (parts, body) = request.into_parts();
        if !matches!(parts.method, Method::POST | Method::GET | Method::DELETE) {
            return Err(NotForwarded::Method);
        }
        let upstream = self.upstream_of(alias).await?;
        let mut outgoing = headers::to_server(&parts.headers);
        let sessions = Sessions::open(&self.host, alias, caller);
        if let Some(sealed) = parts.headers.get(meta::SESSION_HEADER) {
            let session = sessions.unseal(sealed).await?.ok_or(NotForwarded::UnknownSession)?;
            outgoing.insert(meta::SESSION_HEADER, session);
        }
        let response = upstream.pass(parts.method, outgoing, body).await.map_err(Failure::from)?;
        let (parts, body) = response.into_parts();
        let mut incoming: HeaderMap = headers::to_caller(&parts.headers);
        if let Some(session) = parts.headers.get(meta::SESSION_HEADER) {
            incoming.insert(meta::SESSION_HEADER, sessions.seal(session).await?);
        }
        let mut response = Response::new(body);
        *response.status_mut() = parts.status;
        *response.headers_mut() = incoming;
        Ok(response)
    }
}

/// A sealed session that cannot be made for want of a key.
fn no_key(reason: &str) -> Failure {
    Failure::new(FailureKind::Configuration, format!("Sessions cannot be sealed: {reason}."))
}

/// A header value that was made of base64url characters.
fn header_value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("letters, digits, \"-\" and \"_\"")
}
