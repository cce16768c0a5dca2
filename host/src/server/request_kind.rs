//! What a request is for, as far as it matters to the host. It knows these paths of the gateway, and no others.

use http::{Method, Request};

/// What `GET` answers to whoever asks whether the gateway runs.
const HEALTH_PATH: &str = "/healthz";

/// Where requests are passed through to servers.
const PASS_THROUGH: &str = "/mcp/";

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestKind {
    /// The gateway's health: it has connections and an instance that nobody else gets.
    Health,
    /// A server behind the gateway: once the head of the response is there, the instance has little to do for it, and
    /// may have others like it.
    PassThrough,
    /// Anything else, such as a script that computes.
    Other,
}

impl RequestKind {
    pub fn of<B>(request: &Request<B>) -> Self {
        match request.uri().path() {
            HEALTH_PATH if request.method() == Method::GET => Self::Health,
            path if path.starts_with(PASS_THROUGH) => Self::PassThrough,
            _ => Self::Other,
        }
    }
}
