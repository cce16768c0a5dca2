use crate::signing_key::SigningKey;
use http::Uri;
use std::fmt;

/// How the gateway gets its tokens for one server.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// The gateway's name at the authorization server.
    pub client_id: String,
    /// How the gateway proves that it is the client.
    pub authentication: ClientAuthentication,
    /// What to ask for: scopes, separated by spaces. `None`: what the authorization server gives by itself.
    pub scope: Option<String>,
    /// The authorization server's issuer identifier, exactly as its metadata has it. `None`: the MCP server names it.
    pub issuer: Option<String>,
    /// Where tokens are given. With it nothing is discovered.
    pub token_endpoint: Option<Uri>,
}

/// A method of client authentication at the token endpoint.
#[derive(Clone)]
pub enum ClientAuthentication {
    /// `client_secret_basic` (RFC 6749, section 2.3.1).
    ClientSecretBasic { secret: String },
    /// `private_key_jwt` (RFC 7523, section 2.2). The key's id goes into the header of the assertion.
    PrivateKeyJwt { key: SigningKey, key_id: Option<String> },
}

impl ClientAuthentication {
    /// Its name in `token_endpoint_auth_methods_supported`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::ClientSecretBasic { .. } => "client_secret_basic",
            Self::PrivateKeyJwt { .. } => "private_key_jwt",
        }
    }
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
