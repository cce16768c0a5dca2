use crate::{algorithm::Algorithm, error::Problem, quoting::Quoting, signing_key::SigningKey};
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
    /// The algorithms of assertions that it lists (`token_endpoint_auth_signing_alg_values_supported`).
    pub algorithms: Option<Vec<String>>,
    /// What the token is for (RFC 8707).
    pub resource: String,
}

impl AuthorizationServer {
    /// How a key signs assertions to it. Where it lists nothing, it may take all.
    pub fn algorithm_of(&self, key: &SigningKey, quoting: &Quoting) -> Result<Algorithm, Problem> {
        let listed = |algorithm: &&Algorithm| match &self.algorithms {
            Some(list) => list.iter().any(|listed| listed == algorithm.as_str()),
            None => true,
        };
        let algorithms = key.algorithms();
        algorithms.iter().find(listed).copied().ok_or_else(|| {
            let chosen: Vec<&str> = algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
            let supported = self.algorithms.as_ref().map(|list| list.join(", ")).unwrap_or_default();
            Problem::Unsupported { chosen: chosen.join(" or "), supported: quoting.quote(&supported) }
        })
    }
}
