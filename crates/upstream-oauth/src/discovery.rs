//! Finding the authorization server of an MCP server (MCP, Authorization, "Authorization Server Discovery").

use crate::{
    authorization_server::AuthorizationServer,
    credentials::ClientCredentials,
    error::{Document, Error, Party, Problem},
    exchange::Http,
    metadata::{ResourceMetadata, ServerMetadata},
    quoting::Quoting,
    resource, well_known,
};
use http::{StatusCode, Uri};
use mcp_client::{Clock, Transport};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use upstream_address::PrivateUpstreams;

/// What is known beforehand.
pub(crate) struct Discovery<'a, T, C> {
    pub http: Http<'a, T, C>,
    pub credentials: &'a ClientCredentials,
    /// The MCP server's URL.
    pub server: &'a Uri,
    pub private: PrivateUpstreams,
    /// The URL of the server's metadata, where a 401 named one.
    pub challenge: Option<Uri>,
    /// The issuer that the credentials were sent to before, where the MCP server named it.
    pub bound_issuer: Option<String>,
    /// Whoever is asked may have been shown what is for the MCP server.
    pub quoting: Quoting,
}

/// An authorization server that metadata is asked of.
struct Issuer {
    name: String,
    url: Uri,
    private: PrivateUpstreams,
    /// What its tokens are for.
    resource: String,
}

impl<T: Transport, C: Clock> Discovery<'_, T, C> {
    /// The authorization server that is configured, or that the MCP server names first.
    pub async fn find(&self) -> Result<AuthorizationServer, Error> {
        let given = match &self.credentials.issuer {
            Some(name) => {
                let url = issuer_url(name).ok_or_else(|| self.resource().error(Problem::InvalidIssuer))?;
                Some((name.clone(), url))
            }
            None => None,
        };
        if let Some(endpoint) = &self.credentials.token_endpoint {
            let issuer = given.map(|(name, _)| name);
            return Ok(AuthorizationServer {
                name: issuer.as_deref().map_or_else(|| resource::origin(endpoint), |name| self.quoting.quote(name)),
                issuer: issuer.clone(),
                token_endpoint: endpoint.clone(),
                private: self.private,
                audience: issuer.unwrap_or_else(|| endpoint.to_string()),
                algorithms: None,
                resource: resource::canonical(self.server),
            });
        }
        let issuer = match given {
            Some((name, url)) => {
                Issuer { name, url, private: self.private, resource: resource::canonical(self.server) }
            }
            None => self.named_by_server().await?,
        };
        self.described_by(issuer).await
    }

    fn resource(&self) -> Party {
        Party::Resource { origin: resource::origin(self.server) }
    }

    /// The authorization server that the MCP server's metadata names.
    async fn named_by_server(&self) -> Result<Issuer, Error> {
        let party = self.resource();
        let mut urls: Vec<Uri> = self.challenge.iter().cloned().collect();
        urls.extend(well_known::of_resource(self.server));
        let private = narrowed(self.private, self.server);
        let found: Result<ResourceMetadata, _> = self.first(Document::ResourceMetadata, &urls, private).await;
        let metadata = found.map_err(|problem| party.error(problem))?;
        if !resource::covers(&metadata.resource, self.server) {
            let named = self.quoting.quote(&metadata.resource);
            let found = named.parse().map(|url| resource::origin(&url)).unwrap_or_default();
            return Err(party.error(Problem::WrongResource { found }));
        }
        let name = metadata.authorization_servers.unwrap_or_default().into_iter().next();
        let named = name.and_then(|name| Some((issuer_url(&name)?, name)));
        let (url, name) = named.ok_or_else(|| party.error(Problem::NoAuthorizationServer))?;
        if let Some(bound) = self.bound_issuer.as_ref().filter(|bound| **bound != name) {
            return Err(party
                .error(Problem::OtherIssuer { bound: self.quoting.quote(bound), found: self.quoting.quote(&name) }));
        }
        Ok(Issuer { name, url, private, resource: metadata.resource })
    }

    /// The authorization server by its own metadata.
    async fn described_by(&self, issuer: Issuer) -> Result<AuthorizationServer, Error> {
        let Issuer { name, url, private, resource } = issuer;
        let party = Party::AuthorizationServer { name: self.quoting.quote(&name) };
        let urls = well_known::of_issuer(&url);
        let found: Result<ServerMetadata, _> = self.first(Document::ServerMetadata, &urls, private).await;
        let metadata = found.map_err(|problem| party.error(problem))?;
        if metadata.issuer != name {
            return Err(party.error(Problem::WrongIssuer { found: self.quoting.quote(&metadata.issuer) }));
        }
        self.is_supported(&metadata).map_err(|problem| party.error(problem))?;
        let token_endpoint = metadata.token_endpoint.parse().map_err(|_| {
            let reason = "its token_endpoint is no URL";
            party.error(Problem::Malformed { document: Document::ServerMetadata, reason })
        })?;
        let private = narrowed(private, &url);
        let audience = metadata.issuer;
        Ok(AuthorizationServer {
            name: self.quoting.quote(&name),
            issuer: Some(name),
            token_endpoint,
            private,
            audience,
            algorithms: metadata.token_endpoint_auth_signing_alg_values_supported,
            resource,
        })
    }

    /// Whether the authorization server takes the method that is configured. Where it lists none, it may take it.
    fn is_supported(&self, metadata: &ServerMetadata) -> Result<(), Problem> {
        let chosen = self.credentials.authentication.name();
        match &metadata.token_endpoint_auth_methods_supported {
            Some(list) if !list.iter().any(|listed| listed == chosen) => Err(Problem::Unsupported {
                chosen: chosen.to_string(),
                supported: self.quoting.quote(&list.join(", ")),
            }),
            _ => Ok(()),
        }
    }

    /// The first document that is there. Something else in its place, such as a web page, does not hide the next; of
    /// several such faults the first is told.
    async fn first<D: DeserializeOwned>(
        &self,
        document: Document,
        urls: &[Uri],
        private: PrivateUpstreams,
    ) -> Result<D, Problem> {
        let mut fault = None;
        for url in urls {
            let problem = match self.http.get(document, url, private, &self.quoting).await {
                Ok(answer) if answer.status == StatusCode::OK => match serde_json::from_slice(&answer.body) {
                    Ok(metadata) => return Ok(metadata),
                    Err(error) => Problem::Malformed { document, reason: reason(&error) },
                },
                Ok(answer) if answer.status == StatusCode::NOT_FOUND => continue,
                Ok(answer) => Problem::Status { document, status: answer.status },
                Err(problem) if is_of_the_place(&problem) => return Err(problem),
                Err(problem) => problem,
            };
            fault.get_or_insert(problem);
        }
        Err(fault.unwrap_or(Problem::NotFound { document }))
    }
}

/// Whether the next URL is not worth the time.
fn is_of_the_place(problem: &Problem) -> bool {
    matches!(problem, Problem::Address { .. } | Problem::Unreachable { .. } | Problem::TimedOut { .. })
}

fn reason(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Data => "a member is missing or of another type",
        Category::Io | Category::Syntax | Category::Eof => "it is no JSON",
    }
}

/// An issuer as a URL (RFC 8414, section 2).
fn issuer_url(name: &str) -> Option<Uri> {
    let url: Uri = name.parse().ok()?;
    (url.scheme().is_some() && url.host().is_some() && !name.contains(['@', '?', '#'])).then_some(url)
}

/// Where something may be that somebody at `from` names: what is public does not lead into private networks.
fn narrowed(private: PrivateUpstreams, from: &Uri) -> PrivateUpstreams {
    match upstream_address::check(from, PrivateUpstreams::Deny) {
        Ok(()) => PrivateUpstreams::Deny,
        Err(_) => private,
    }
}
