//! Signing in at a server with OAuth 2: the token goes out with every request, and is renewed once when it is refused.

use crate::{
    host::Host,
    kept_token::{Keeping, KeptToken},
    target::Target,
};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use mcp_client::{Clock, Secrets, Transport, TransportError};
use std::{future::Future, rc::Rc, time::Duration};
use upstream_oauth::{Document, Environment, Problem, Tokens};

/// HTTP to one server, signed in where that is configured.
#[derive(Clone)]
pub(crate) struct SignedIn<H> {
    host: H,
    sign_in: Option<Rc<SignIn<H>>>,
    /// What must not appear in what comes out; tokens come to it.
    secrets: Secrets,
}

/// The tokens of one server.
pub(crate) type ServerTokens<H> = Tokens<H, H, Chance<H>>;

struct SignIn<H> {
    tokens: ServerTokens<H>,
    kept: KeptToken<H>,
}

/// The part of the host that tokens need.
pub(crate) struct Chance<H>(pub H);

impl<H: Host> Environment for Chance<H> {
    fn unix_ms(&self) -> u64 {
        self.0.unix_ms()
    }

    fn random(&self) -> u64 {
        self.0.random()
    }
}

impl<H: Host> SignedIn<H> {
    pub fn new(host: &H, target: &Target, keeping: Keeping) -> Self {
        let sign_in = target.oauth.as_ref().map(|oauth| {
            let configuration = oauth.configuration.clone();
            Rc::new(SignIn {
                tokens: Tokens::new(configuration, host.clone(), host.clone(), Chance(host.clone())),
                kept: KeptToken::new(host, target, oauth, keeping),
            })
        });
        Self { host: host.clone(), sign_in, secrets: target.server.secrets.clone() }
    }

    async fn send_with(
        &self,
        token: &str,
        mut request: Request<Bytes>,
        connect_timeout: Duration,
    ) -> Result<Response<H::Body>, TransportError> {
        self.secrets.add(token.to_string());
        let mut value = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| TransportError::SignIn("the access token has characters that no header takes".to_string()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
        self.host.send(request, connect_timeout).await
    }
}

impl<H: Host> Transport for SignedIn<H> {
    type Body = H::Body;

    async fn send(
        &self,
        request: Request<Bytes>,
        connect_timeout: Duration,
    ) -> Result<Response<H::Body>, TransportError> {
        let Some(sign_in) = &self.sign_in else { return self.host.send(request, connect_timeout).await };
        let SignIn { tokens, kept } = &**sign_in;
        kept.restore(tokens).await;
        let not_signed_in = |error: upstream_oauth::Error| TransportError::SignIn(error.to_string());
        let token = match tokens.token().await {
            Ok(token) => token,
            // The server may say where its metadata is, to whoever comes without a token.
            Err(error) if is_not_found(&error) => {
                let mut knock = Request::new(Bytes::new());
                *knock.uri_mut() = request.uri().clone();
                let refused = self.host.send(knock, connect_timeout).await?;
                let is_new = refused.status() == StatusCode::UNAUTHORIZED && tokens.note_challenge(refused.headers());
                self.host.finish(refused.into_body());
                if !is_new {
                    return Err(not_signed_in(error));
                }
                tokens.token().await.map_err(not_signed_in)?
            }
            Err(error) => return Err(not_signed_in(error)),
        };
        let response = self.send_with(&token, request.clone(), connect_timeout).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            kept.save(tokens).await;
            return Ok(response);
        }
        // A 401 was not carried out, so that it is safe to send the request once more.
        tokens.note_challenge(response.headers());
        self.host.finish(response.into_body());
        let token = tokens.renew_after(&token).await.map_err(not_signed_in)?;
        kept.save(tokens).await;
        self.send_with(&token, request, connect_timeout).await
    }

    fn finish(&self, body: H::Body) {
        self.host.finish(body);
    }
}

/// Whether the server's metadata is at none of the places where it may be without being asked.
fn is_not_found(error: &upstream_oauth::Error) -> bool {
    matches!(*error.problem, Problem::NotFound { document: Document::ResourceMetadata })
}

impl<H: Host> Clock for SignedIn<H> {
    fn monotonic_ms(&self) -> u64 {
        self.host.monotonic_ms()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.host.sleep(duration)
    }
}
