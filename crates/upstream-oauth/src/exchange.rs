//! One request and its whole answer.

use crate::{
    error::{Document, Problem},
    limits::Limits,
    quoting::Quoting,
    resource::origin,
};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use mcp_client::{BodyFault, Clock, Transport, TransportError, whole, within};
use std::time::Duration;
use upstream_address::PrivateUpstreams;

/// The way to authorization servers.
pub(crate) struct Http<'a, T, C> {
    pub transport: &'a T,
    pub clock: &'a C,
    pub limits: &'a Limits,
}

/// An answer that is no redirect.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
}

impl<T: Transport, C: Clock> Http<'_, T, C> {
    /// Gets a metadata document.
    pub async fn get(
        &self,
        document: Document,
        url: &Uri,
        private: PrivateUpstreams,
        quoting: &Quoting,
    ) -> Result<Answer, Problem> {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = url.clone();
        self.send(document, request, private, quoting).await
    }

    /// Sends a request to where it may go, and to nowhere else.
    pub async fn send(
        &self,
        document: Document,
        mut request: Request<Bytes>,
        private: PrivateUpstreams,
        quoting: &Quoting,
    ) -> Result<Answer, Problem> {
        let origin = origin(request.uri());
        if let Err(reason) = upstream_address::check(request.uri(), private) {
            return Err(Problem::Address { document, origin, reason });
        }
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("bobbin/", env!("CARGO_PKG_VERSION"))));
        let limit_bytes = self.limits.answer_bytes;
        let broken = |reason| Problem::Unreachable { document, origin, reason: cleaned(reason, quoting) };
        let exchange = async {
            let connecting = Duration::from_millis(self.limits.connect_ms);
            let response = match self.transport.send(request, connecting).await {
                Ok(response) => response,
                Err(reason) => return Err(broken(reason)),
            };
            let status = response.status();
            if status.is_redirection() {
                return Err(Problem::Redirect { document, status });
            }
            match whole(response.into_body(), limit_bytes).await {
                Ok(body) => Ok(Answer { status, body }),
                Err(BodyFault::Broken(reason)) => Err(broken(reason)),
                Err(BodyFault::TooLarge) => Err(Problem::TooLarge { document, limit_bytes }),
            }
        };
        let after_ms = self.limits.exchange_ms;
        within(self.clock, after_ms, exchange).await.unwrap_or(Err(Problem::TimedOut { document, after_ms }))
    }
}

fn cleaned(mut reason: TransportError, quoting: &Quoting) -> TransportError {
    if let TransportError::Unavailable(text) | TransportError::Tls(text) | TransportError::Broken(text) = &mut reason {
        *text = quoting.quote(text);
    }
    reason
}
