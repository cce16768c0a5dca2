//! One request and its reply over HTTP.

use crate::{
    body::{self, BodyFault},
    client::Client,
    clock::Clock,
    deadlines::{Deadline, within},
    error::{Error, Fault, Problem},
    excerpt::Excerpt,
    messages,
    request::{Call, Context},
    server::origin,
    transport::{Transport, TransportError},
};
use bytes::Bytes;
use content_negotiation::{EVENTS, JSON, media_type};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use mcp::{Id, Message, Request, RpcError, meta};
use serde_json::Value;
use std::time::Duration;

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Reply {
    pub status: StatusCode,
    /// The session that the reply began.
    pub session: Option<String>,
    pub outcome: Result<Value, Refusal>,
}

/// How a server says no.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// A JSON-RPC error, at whatever HTTP status.
    Rpc(RpcError),
    /// No success, and no JSON-RPC.
    Status { excerpt: Excerpt, retry_after: Option<String> },
}

impl<T: Transport, C: Clock> Client<T, C> {
    /// Sends a request and reads its reply, whether JSON or a stream.
    pub(crate) async fn exchange(&self, call: &Call<'_>, context: Context<'_>) -> Result<Reply, Error> {
        let id = self.next_id();
        let awaited = self.cancellations.await_answer(context, &id);
        let outcome = Box::pin(self.exchange_as(&id, call, context)).await;
        awaited.end(&outcome);
        outcome
    }

    async fn exchange_as(&self, id: &Id, call: &Call<'_>, context: Context<'_>) -> Result<Reply, Error> {
        let message = Request { id: id.clone(), method: call.method.to_string(), params: context.params(call) };
        let body = Bytes::from(Value::from(&message).to_string());
        let response = self.post(call.method, context.headers(Some(call)), body).await?;

        let status = response.status();
        let session = text(response.headers().get(meta::SESSION_HEADER));
        if !status.is_success() {
            let outcome = Err(self.refusal(call.method, response, id).await);
            return Ok(Reply { status, session, outcome });
        }
        let response = match media_type(response.headers()).as_deref() {
            Some(JSON) => {
                let bytes = body::whole(response.into_body(), self.limits.answer_bytes)
                    .await
                    .map_err(|fault| self.body_fault(call.method, fault))?;
                find(call.method, &bytes, id).map_err(|fault| self.protocol(call.method, fault))?
            }
            Some(EVENTS) => self.read_stream(call.method, context, response.into_body(), id).await?,
            other => {
                let fault = self.no_answer(status, other.unwrap_or_default(), response.into_body()).await;
                return Err(self.protocol(call.method, fault));
            }
        };
        let outcome = response.outcome.map_err(Refusal::Rpc);
        Ok(Reply { status, session, outcome })
    }

    /// Posts a message; gives the response once its headers are there.
    pub(crate) async fn post(&self, method: &str, headers: HeaderMap, body: Bytes) -> Result<Response<T::Body>, Error> {
        let mut request = self.http_request(Method::POST, headers, body);
        state_length(&mut request);
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let accepted = HeaderValue::from_static("application/json, text/event-stream");
        request.headers_mut().insert(header::ACCEPT, accepted);
        self.send(method, request).await
    }

    /// A request with the server's own headers and these.
    pub(crate) fn http_request(&self, http_method: Method, headers: HeaderMap, body: Bytes) -> http::Request<Bytes> {
        let mut request = http::Request::new(body);
        *request.method_mut() = http_method;
        *request.uri_mut() = self.server.url.clone();
        *request.headers_mut() = self.server.headers.clone();
        let agent = HeaderValue::from_static(concat!("bobbin/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().entry(header::USER_AGENT).or_insert(agent);
        request.headers_mut().extend(headers);
        request
    }

    /// Sends; refuses redirects and compressed bodies.
    pub(crate) async fn send(&self, method: &str, request: http::Request<Bytes>) -> Result<Response<T::Body>, Error> {
        let connecting = Duration::from_millis(self.deadlines.connect_ms);
        let sending = self.transport.send(request, connecting);
        let response = match within(&self.clock, self.deadlines.first_byte_ms, sending).await {
            Some(Ok(response)) => response,
            Some(Err(TransportError::ConnectTimeout)) => return Err(self.timed_out(Deadline::Connect)),
            Some(Err(reason)) => return Err(self.unreachable(reason)),
            None => return Err(self.timed_out(Deadline::FirstByte)),
        };
        if response.status().is_redirection() {
            let target = redirect_target(&self.server.url, response.headers());
            let (method, status) = (method.to_string(), response.status());
            return Err(self.error(Problem::Redirect { method, status, target }));
        }
        if let Some(encoding) = text(response.headers().get(header::CONTENT_ENCODING)).filter(|name| name != "identity")
        {
            return Err(self.protocol(method, Fault::Compressed(encoding)));
        }
        Ok(response)
    }

    /// A JSON-RPC error counts at any status.
    async fn refusal(&self, method: &str, response: Response<T::Body>, id: &Id) -> Refusal {
        let retry_after = text(response.headers().get(header::RETRY_AFTER));
        let (bytes, is_whole) = body::beginning(&self.clock, response.into_body()).await;
        match find(method, &bytes, id) {
            Ok(mcp::Response { outcome: Err(error), .. }) => Refusal::Rpc(error),
            _ => Refusal::Status { excerpt: Excerpt::of(&bytes, is_whole), retry_after },
        }
    }

    pub(crate) async fn no_answer(&self, status: StatusCode, content_type: &str, body: T::Body) -> Fault {
        if matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT) {
            return Fault::NoResponse(status);
        }
        let (bytes, is_whole) = body::beginning(&self.clock, body).await;
        let content_type = if content_type.is_empty() { "(none)" } else { content_type };
        Fault::ContentType { content_type: content_type.to_string(), excerpt: Excerpt::of(&bytes, is_whole) }
    }

    fn body_fault(&self, method: &str, fault: BodyFault) -> Error {
        match fault {
            BodyFault::Broken(reason) => self.unreachable(reason),
            BodyFault::TooLarge => self.protocol(method, Fault::TooLarge { limit_bytes: self.limits.answer_bytes }),
        }
    }
}

/// The response to the request in a JSON text. Of two nobody could say which one counts; beside it, what is no message
/// does no harm.
fn find(method: &str, text: &[u8], id: &Id) -> Result<mcp::Response, Fault> {
    let mut fault = None;
    let mut found = None;
    for message in messages::read(method, text)? {
        match message {
            Ok(Message::Response(response)) if messages::answers(&response, id) => {
                if found.replace(response).is_some() {
                    return Err(Fault::TwoResponses);
                }
            }
            Ok(Message::Response(_)) => fault = Some(Fault::WrongId),
            Ok(Message::Request(_) | Message::Notification(_)) => {}
            Err(other) => fault = fault.or(Some(other.fault)),
        }
    }
    let missing = || Fault::NotJsonRpc { reason: "it holds no response".to_string() };
    found.ok_or_else(|| fault.unwrap_or_else(missing))
}

/// Says how long the body is. Without that it is sent in chunks, which some servers do not take.
pub(crate) fn state_length(request: &mut http::Request<Bytes>) {
    let length = HeaderValue::from(request.body().len());
    request.headers_mut().insert(header::CONTENT_LENGTH, length);
}

fn text(value: Option<&HeaderValue>) -> Option<String> {
    value.and_then(|value| value.to_str().ok()).map(str::to_string)
}

fn redirect_target(base: &Uri, headers: &HeaderMap) -> String {
    let location = text(headers.get(header::LOCATION)).and_then(|location| location.parse::<Uri>().ok());
    match location {
        // Elsewhere a path may be made for whoever is redirected, and be secret; so may a query be anywhere.
        Some(location) if location.host().is_some() && origin(&location) != origin(base) => origin(&location),
        Some(location) => format!("{}{}", origin(base), location.path()),
        None => "nowhere".to_string(),
    }
}
