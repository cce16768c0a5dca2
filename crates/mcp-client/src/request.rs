//! How a request looks on the wire, in each era.

use crate::{connection::Connection, parameter_headers::header_value};
use http::{HeaderMap, HeaderName, HeaderValue};
use mcp::{Era, ProtocolVersion, meta};
use serde_json::{Map, Value, json};

/// A JSON-RPC request, without what the connection adds.
#[derive(Debug, Clone)]
pub(crate) struct Call<'a> {
    pub method: &'static str,
    pub params: Map<String, Value>,
    /// What a modern request mirrors in `Mcp-Name`.
    pub name: Option<&'a str>,
    /// What a modern request mirrors in `Mcp-Param-*`.
    pub parameter_headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether it does no harm to send it twice.
    pub repeatable: bool,
}

impl Call<'_> {
    /// A request that only reads.
    pub fn reading(method: &'static str, params: Map<String, Value>) -> Self {
        Self { method, params, name: None, parameter_headers: Vec::new(), repeatable: true }
    }
}

/// What a request is sent under.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Context<'a> {
    /// `initialize`: nothing is agreed on yet.
    Initialize,
    /// A legacy connection.
    Legacy(&'a Connection),
    /// A modern version: every request stands alone.
    Modern(ProtocolVersion),
}

impl<'a> From<&'a Connection> for Context<'a> {
    fn from(connection: &'a Connection) -> Self {
        match connection.era() {
            Era::Legacy => Self::Legacy(connection),
            Era::Modern => Self::Modern(connection.version),
        }
    }
}

impl Context<'_> {
    /// The parameters as this era sends them.
    pub fn params(self, call: &Call<'_>) -> Map<String, Value> {
        let mut params = call.params.clone();
        if let Self::Modern(version) = self {
            let meta = json!({
                meta::PROTOCOL_VERSION: version.as_str(),
                meta::CLIENT_CAPABILITIES: {},
                meta::CLIENT_INFO: client_info(),
            });
            let own = params.entry("_meta").or_insert_with(|| json!({}));
            match (own.as_object_mut(), meta) {
                (Some(own), Value::Object(meta)) => own.extend(meta),
                (_, meta) => *own = meta,
            }
        }
        params
    }

    /// The headers that the connection adds to a request of this era.
    pub fn headers(self, call: Option<&Call<'_>>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        match self {
            Self::Initialize => {}
            Self::Legacy(connection) => {
                // Servers of the first version may refuse a header that they do not know.
                if connection.version > ProtocolVersion::V2024_11_05 {
                    headers.insert(meta::VERSION_HEADER, HeaderValue::from_static(connection.version.as_str()));
                }
                if let Some(session) = connection.session.as_deref().and_then(|id| HeaderValue::from_str(id).ok()) {
                    headers.insert(meta::SESSION_HEADER, session);
                }
            }
            Self::Modern(version) => {
                headers.insert(meta::VERSION_HEADER, HeaderValue::from_static(version.as_str()));
                if let Some(call) = call {
                    headers.insert(meta::METHOD_HEADER, HeaderValue::from_static(call.method));
                    if let Some(name) = call.name {
                        headers.insert(meta::NAME_HEADER, header_value(name));
                    }
                    headers.extend(call.parameter_headers.iter().cloned());
                }
            }
        }
        headers
    }
}

/// Who asks: `clientInfo` of `initialize` and of `_meta`.
pub(crate) fn client_info() -> Value {
    json!({"name": "bobbin", "title": "Bobbin", "version": env!("CARGO_PKG_VERSION")})
}
