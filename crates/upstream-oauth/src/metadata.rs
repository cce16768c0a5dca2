//! What is read of metadata documents.

use serde::Deserialize;

/// An MCP server's (RFC 9728, section 2).
#[derive(Deserialize)]
pub(crate) struct ResourceMetadata {
    pub resource: String,
    pub authorization_servers: Option<Vec<String>>,
}

/// An authorization server's (RFC 8414, section 2).
#[derive(Deserialize)]
pub(crate) struct ServerMetadata {
    pub issuer: String,
    pub token_endpoint: String,
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    pub token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
}
