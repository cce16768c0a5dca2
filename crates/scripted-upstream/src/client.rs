use crate::{Upstream, VirtualClock};
use http::{HeaderMap, HeaderValue, Uri};
use mcp_client::{Client, Deadlines, Limits, Server};
use redaction::Redactor;

/// The credential that [`server`] sends.
pub const CREDENTIAL: &str = "Bearer pssst-0123456789";

/// A server called `scripted` whose requests carry [`CREDENTIAL`].
pub fn server() -> Server {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_static(CREDENTIAL));
    Server {
        alias: "scripted".to_string(),
        url: Uri::from_static("https://upstream.test/mcp?key=in-the-query"),
        headers,
        redactor: Redactor::new([CREDENTIAL.to_string(), CREDENTIAL.replace("Bearer ", "")]),
    }
}

/// A client of an upstream with the usual deadlines and limits.
pub fn client(clock: &VirtualClock, upstream: &Upstream) -> Client<Upstream, VirtualClock> {
    client_within(clock, upstream, Limits::default())
}

/// A client of an upstream with other limits.
pub fn client_within(clock: &VirtualClock, upstream: &Upstream, limits: Limits) -> Client<Upstream, VirtualClock> {
    Client::new(server(), upstream.clone(), clock.clone(), Deadlines::default(), limits, 7)
}
