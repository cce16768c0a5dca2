//! Signing in at a server with OAuth 2: the token goes out with every request. When it is refused, the one that another
//! instance has got meanwhile is tried, or else it is renewed once.

use crate::{
    host::Host,
    kept_token::{Keeping, KeptToken},
    target::Target,
};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use mcp_client::{Clock, Deadlines, Flight, Transport, TransportError};
use redaction::Redactor;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::Future,
    rc::Rc,
    time::Duration,
};
use upstream_address::PUBLIC_ONLY_HEADER;
use upstream_oauth::{CachedToken, Document, Environment, Error, Limits, Problem, Tokens};

/// How often a request is sent again because its token was refused.
const RETRIES: usize = 3;
/// How many refused tokens an instance remembers, in order not to take one up again.
const REFUSED: usize = 8;

/// HTTP to one server, signed in where that is configured.
#[derive(Clone)]
pub(crate) struct SignedIn<H> {
    host: H,
    sign_in: Option<Rc<SignIn<H>>>,
    /// Whether the host is to lead requests to the internet only.
    public_only: bool,
    /// What must not appear in what comes out; tokens come to it.
    redactor: Redactor,
}

/// The tokens of one server.
pub(crate) type ServerTokens<H> = Tokens<H, H, Chance<H>>;

struct SignIn<H> {
    host: H,
    tokens: ServerTokens<H>,
    kept: KeptToken<H>,
    /// What the requests of this instance share: getting a token, and looking for that of another instance.
    getting: Flight<Result<String, Error>>,
    looking: Flight<()>,
    /// The authorization server gives tokens that expire too soon for others.
    is_short_lived: Cell<bool>,
    /// The last tokens that the server refused.
    refused: RefCell<VecDeque<String>>,
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
            let mut configuration = oauth.configuration.clone();
            configuration.limits = limits(configuration.limits, &target.deadlines);
            Rc::new(SignIn {
                host: host.clone(),
                tokens: Tokens::new(configuration, host.clone(), host.clone(), Chance(host.clone())),
                kept: KeptToken::new(host, target, oauth, keeping),
                getting: Flight::default(),
                looking: Flight::default(),
                is_short_lived: Cell::default(),
                refused: RefCell::default(),
            })
        });
        let (public_only, redactor) = (target.public_only, target.server.redactor.clone());
        Self { host: host.clone(), sign_in, public_only, redactor }
    }

    async fn send_with(
        &self,
        token: &str,
        mut request: Request<Bytes>,
        connect_timeout: Duration,
    ) -> Result<Response<H::Body>, TransportError> {
        self.redactor.add(token.to_string());
        let mut value = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| TransportError::SignIn("the access token has characters that no header takes".to_string()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
        self.host.send(request, connect_timeout).await
    }
}

impl<H: Host> SignIn<H> {
    /// A token: the one that is there, one that another instance gets meanwhile, or a new one, left for the others.
    async fn token(&self) -> Result<String, Error> {
        let Self { tokens, kept, .. } = self;
        kept.restore(tokens).await;
        if !tokens.would_ask() {
            return tokens.token().await;
        }
        let getting = || async {
            // Somebody may have got it while this one waited for its turn.
            if !tokens.would_ask() {
                return tokens.token().await;
            }
            if self.is_short_lived.get() {
                return self.new_token().await;
            }
            if kept.made_elsewhere(tokens, |token| self.is_good(token)).await {
                return tokens.token().await;
            }
            let outcome = self.new_token().await;
            kept.done().await;
            outcome
        };
        self.getting.join(&self.host, getting).await
    }

    async fn new_token(&self) -> Result<String, Error> {
        let before = self.tokens.cached();
        let outcome = self.tokens.token().await;
        if let Some(token) = self.tokens.cached().filter(|token| before.as_ref() != Some(token)) {
            self.is_short_lived.set(!token.is_fresh(self.host.unix_ms()));
        }
        self.kept.save(&self.tokens).await;
        outcome
    }

    /// One that replaced a refused token meanwhile, here or in another instance.
    async fn other(&self) -> Option<String> {
        let Self { tokens, kept, .. } = self;
        let held = || tokens.cached().filter(|token| self.is_good(token)).map(|token| token.access_token);
        if held().is_none() {
            let looking = || async {
                kept.take_up_other(tokens, |token| self.is_good(token)).await;
            };
            self.looking.join(&self.host, looking).await;
        }
        held()
    }

    fn is_good(&self, token: &CachedToken) -> bool {
        token.is_fresh(self.host.unix_ms()) && !self.refused.borrow().contains(&token.access_token)
    }

    fn note_refused(&self, token: &str) {
        let mut refused = self.refused.borrow_mut();
        refused.retain(|other| other != token);
        refused.push_back(token.to_string());
        if refused.len() > REFUSED {
            refused.pop_front();
        }
    }

    fn note_accepted(&self, token: &str) {
        self.tokens.note_accepted(token);
        self.refused.borrow_mut().retain(|other| other != token);
    }
}

/// A little less than a request to the server may take, since a token is got within that time: then it is said who was
/// slow. What remains is for the wait for another instance.
fn limits(limits: Limits, deadlines: &Deadlines) -> Limits {
    limits.within(deadlines.first_byte_ms.min(deadlines.handshake_ms).min(deadlines.catalog_ms) * 8 / 10)
}

impl<H: Host> Transport for SignedIn<H> {
    type Body = H::Body;

    async fn send(
        &self,
        mut request: Request<Bytes>,
        connect_timeout: Duration,
    ) -> Result<Response<H::Body>, TransportError> {
        if self.public_only {
            request.headers_mut().insert(PUBLIC_ONLY_HEADER, HeaderValue::from_static("1"));
        }
        let Some(sign_in) = &self.sign_in else { return self.host.send(request, connect_timeout).await };
        let SignIn { tokens, kept, .. } = &**sign_in;
        let not_signed_in = |error: Error| TransportError::SignIn(error.to_string());
        let mut token = match sign_in.token().await {
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
                sign_in.token().await.map_err(not_signed_in)?
            }
            Err(error) => return Err(not_signed_in(error)),
        };
        let mut is_renewed = false;
        let mut retries = RETRIES;
        loop {
            let response = self.send_with(&token, request.clone(), connect_timeout).await?;
            if response.status() != StatusCode::UNAUTHORIZED {
                sign_in.note_accepted(&token);
                kept.save(tokens).await;
                return Ok(response);
            }
            sign_in.note_refused(&token);
            tokens.note_challenge(response.headers());
            let other = sign_in.other().await;
            if retries == 0 || (other.is_none() && is_renewed) {
                return Ok(response);
            }
            retries -= 1;
            // A 401 was not carried out, so that it is safe to send the request once more.
            self.host.finish(response.into_body());
            token = match other {
                Some(other) => other,
                None => {
                    is_renewed = true;
                    tokens.reject(&token).map_err(not_signed_in)?;
                    sign_in.token().await.map_err(not_signed_in)?
                }
            };
        }
    }

    fn finish(&self, body: H::Body) {
        self.host.finish(body);
    }
}

/// Whether the server's metadata is at none of the places where it may be without being asked.
fn is_not_found(error: &Error) -> bool {
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
