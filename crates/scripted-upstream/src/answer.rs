use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use mcp_client::TransportError;
use serde_json::Value;
use std::time::Duration;

/// How an upstream answers one request.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) delay: Option<Duration>,
    pub(crate) head: Result<(StatusCode, HeaderMap), TransportError>,
    pub(crate) body: Vec<Step>,
}

/// One step of a body.
#[derive(Debug, Clone)]
pub enum Step {
    /// Some bytes arrive.
    Bytes(Bytes),
    /// Nothing arrives for some milliseconds.
    Wait(u64),
    /// Nothing arrives any more, and the body does not end.
    Hang,
    /// The connection breaks.
    Break,
}

impl Answer {
    /// A status without a body.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("a status between 100 and 999");
        Self { delay: None, head: Ok((status, HeaderMap::new())), body: Vec::new() }
    }

    /// A status with a body of some type.
    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        let answer = Self::status(status).header(header::CONTENT_TYPE.as_str(), content_type);
        Self { body: vec![Step::Bytes(Bytes::copy_from_slice(body.as_bytes()))], ..answer }
    }

    /// A status with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    /// An SSE stream of these messages, which then ends.
    pub fn events(messages: &[Value]) -> Self {
        Self::sse(messages.iter().map(|message| Step::text(&format!("event: message\ndata: {message}\n\n"))).collect())
    }

    /// An SSE stream.
    pub fn sse(steps: Vec<Step>) -> Self {
        Self { body: steps, ..Self::status(200).header(header::CONTENT_TYPE.as_str(), "text/event-stream") }
    }

    /// No response at all.
    pub fn fails(error: TransportError) -> Self {
        Self { delay: None, head: Err(error), body: Vec::new() }
    }

    /// No response, ever.
    pub fn hangs() -> Self {
        Self { delay: Some(Duration::MAX), ..Self::status(200) }
    }

    /// The same with a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok((_, headers)) = &mut self.head {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
            headers.append(name, HeaderValue::from_str(value).expect("a header value"));
        }
        self
    }

    /// The same after some milliseconds.
    pub fn after(self, ms: u64) -> Self {
        Self { delay: Some(Duration::from_millis(ms)), ..self }
    }

    /// The same with more body.
    pub fn then(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.body.extend(steps);
        self
    }
}

impl Step {
    /// Some text arrives.
    pub fn text(text: &str) -> Self {
        Self::Bytes(Bytes::copy_from_slice(text.as_bytes()))
    }
}
