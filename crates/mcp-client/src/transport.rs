use bytes::Bytes;
use futures::Stream;
use std::{future::Future, time::Duration};

/// Sends HTTP requests. The component's is `wasi:http`; tests script one.
pub trait Transport {
    /// The body of a response, chunk by chunk. Dropping it closes the exchange.
    type Body: Stream<Item = Result<Bytes, TransportError>> + Unpin;

    /// Sends a request and gives the response as soon as its headers are there. Follows no redirect.
    /// Gives up with [`TransportError::ConnectTimeout`] when there is no connection after `connect_timeout`.
    fn send(
        &self,
        request: http::Request<Bytes>,
        connect_timeout: Duration,
    ) -> impl Future<Output = Result<http::Response<Self::Body>, TransportError>>;

    /// Takes a body whose rest nobody needs. Where reading it to its end is short, that lets the connection
    /// be used again; it must hold nobody up.
    fn finish(&self, body: Self::Body) {
        drop(body);
    }
}

/// Why an exchange did not come about, or broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nobody listens there.
    #[error("the connection was refused")]
    Refused,
    /// The name has no address.
    #[error("its host name cannot be resolved")]
    UnknownHost,
    /// There is no way to it.
    #[error("there is no way to it: {0}")]
    Unavailable(String),
    /// The host running this gateway does not allow the destination.
    #[error("the gateway's host does not permit this destination (allowed_outbound_hosts, or a blocked network)")]
    Denied,
    /// The credentials that the request needs cannot be had; nothing was sent.
    #[error("the gateway could not sign in: {0}")]
    SignIn(String),
    /// No connection in time.
    #[error("no connection in time")]
    ConnectTimeout,
    /// The TLS handshake failed.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// An answer that began was not complete in time.
    #[error("its answer was not complete in time")]
    TooLate,
    /// The connection ended or broke after the request may have been sent.
    #[error("the connection broke: {0}")]
    Broken(String),
}
