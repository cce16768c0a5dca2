use crate::{
    assertion::Claims,
    authorization_server::AuthorizationServer,
    credentials::{ClientAuthentication, ClientCredentials},
    environment::Environment,
    error::Problem,
    quoting::Quoting,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use form_urlencoded::{Serializer, byte_serialize};
use http::{HeaderValue, Method, Request, header};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A request for a token, and what of it nobody may see.
pub(crate) struct TokenRequest {
    pub request: Request<Bytes>,
    pub quoting: Quoting,
}

impl TokenRequest {
    /// A request by client credentials (RFC 6749, section 4.4.2) for one resource (RFC 8707, section 2).
    pub fn new(
        credentials: &ClientCredentials,
        server: &AuthorizationServer,
        environment: &impl Environment,
        quoting: Quoting,
    ) -> Result<Self, Problem> {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if let Some(scope) = &credentials.scope {
            form.append_pair("scope", scope);
        }
        form.append_pair("resource", &server.resource);

        let mut authorization = None;
        let sent = match &credentials.authentication {
            ClientAuthentication::ClientSecretBasic { secret } => {
                let basic = basic(&credentials.client_id, secret);
                let mut value =
                    HeaderValue::try_from(format!("Basic {basic}")).expect("base64 is what headers can hold");
                value.set_sensitive(true);
                authorization = Some(value);
                vec![secret.clone(), encoded(secret), basic.trim_end_matches('=').to_string()]
            }
            ClientAuthentication::PrivateKeyJwt { key, key_id } => {
                let claims = Claims {
                    client_id: &credentials.client_id,
                    audience: &server.audience,
                    now_unix_s: environment.unix_ms() / 1_000,
                    nonce: [environment.random(), environment.random()],
                };
                let assertion = claims.sign(key, server.algorithm_of(key, &quoting)?, key_id.as_deref());
                let assertion = assertion.map_err(|_| Problem::NotSigned)?;
                // RFC 7521, section 4.2: not needed, but some authorization servers look the client up by it.
                form.append_pair("client_id", &credentials.client_id);
                form.append_pair("client_assertion_type", ASSERTION_TYPE);
                form.append_pair("client_assertion", &assertion);
                vec![assertion]
            }
        };

        let mut request = Request::new(Bytes::from(form.finish()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = server.token_endpoint.clone();
        let length = HeaderValue::from(request.body().len());
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_LENGTH, length);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.extend(authorization.map(|value| (header::AUTHORIZATION, value)));
        Ok(Self { request, quoting: quoting.with_sent(sent) })
    }
}

/// Both parts are encoded as in forms before they are joined (RFC 6749, section 2.3.1).
fn basic(client_id: &str, secret: &str) -> String {
    STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret)))
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}
