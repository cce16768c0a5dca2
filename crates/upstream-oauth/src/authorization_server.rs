use http::Uri;
use upstream_address::PrivateUpstreams;

/// Where a token is asked for, and how.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizationServer {
    /// What errors call it: its issuer, or the origin of its token endpoint.
    pub name: String,
    pub issuer: Option<String>,
    pub token_endpoint: Uri,
    /// Where the token endpoint may be.
    pub private: PrivateUpstreams,
    /// Who is to believe assertions: the issuer, or else the token endpoint (RFC 7523, section 3).
    pub audience: String,
    /// What the token is for (RFC 8707).
    pub resource: String,
}
