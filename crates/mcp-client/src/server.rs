use http::{HeaderMap, Uri};
use redaction::Redactor;

/// A server to talk to.
#[derive(Debug, Clone)]
pub struct Server {
    /// The name that errors use.
    pub alias: String,
    /// Its MCP endpoint, `http` or `https`.
    pub url: Uri,
    /// Sent with every request; holds the credentials.
    pub headers: HeaderMap,
    /// Takes out what no error and no result may show.
    pub redactor: Redactor,
}

impl Server {
    /// Scheme, host and port: what errors may show of the URL.
    pub(crate) fn origin(&self) -> String {
        origin(&self.url)
    }
}

/// Scheme, host and port of a URL; without a host, nothing.
pub(crate) fn origin(url: &Uri) -> String {
    match (url.scheme_str(), url.host(), url.port_u16()) {
        (Some(scheme), Some(host), Some(port)) => format!("{scheme}://{host}:{port}"),
        (Some(scheme), Some(host), None) => format!("{scheme}://{host}"),
        _ => String::new(),
    }
}
