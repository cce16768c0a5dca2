use crate::{
    authorization_server::AuthorizationServer,
    cached_token::CachedToken,
    challenge,
    credentials::ClientCredentials,
    discovery::Discovery,
    environment::Environment,
    error::{Document, Error, Party, Problem},
    exchange::Http,
    limits::Limits,
    quoting::Quoting,
    resource, token_answer,
    token_request::TokenRequest,
};
use http::{HeaderMap, Uri};
use mcp_client::{Clock, Flight, Transport, within};
use redaction::Redactor;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use upstream_address::PrivateUpstreams;

/// How long before it expires a token is replaced: it has to reach the server and be checked there.
pub(crate) const EARLY_MS: u64 = 10_000;
/// For how long a failure is answered from memory.
const FAILURE_MEMORY_MS: u64 = 5_000;
/// For how long no refused token is replaced after another one was, unless the server has accepted a token meanwhile.
const RENEWAL_PAUSE_MS: u64 = 5_000;
/// For how long an authorization server's metadata is used.
const METADATA_LIFETIME_MS: u64 = 60 * 60 * 1_000;

/// What tokens are asked for, and where.
#[derive(Debug, Clone)]
pub struct Configuration {
    pub credentials: ClientCredentials,
    /// The MCP server's URL.
    pub server: Uri,
    /// Where authorization servers may be. What a public server names must be public whatever this says.
    pub private: PrivateUpstreams,
    pub limits: Limits,
    /// Takes out what no error may show: the MCP server's credentials, which it may have passed on.
    pub redactor: Redactor,
}

/// The access token of one server. It may be used by several tasks of one thread at once; they share one request.
pub struct Tokens<T, C, E> {
    configuration: Configuration,
    transport: T,
    clock: C,
    environment: E,
    token: RefCell<Option<CachedToken>>,
    flight: Flight<Result<String, Error>>,
    failure: RefCell<Option<Until<Error>>>,
    /// A refused token is to be replaced.
    is_renewal: Cell<bool>,
    /// One was, and the server has not accepted any since.
    renewed: RefCell<Option<Until<()>>>,
    authorization_server: RefCell<Option<Until<Rc<AuthorizationServer>>>>,
    challenge: RefCell<Option<Uri>>,
    bound_issuer: RefCell<Option<String>>,
}

/// Something that counts until a moment of the monotonic clock.
struct Until<V> {
    ms: u64,
    value: V,
}

impl<T: Transport, C: Clock, E: Environment> Tokens<T, C, E> {
    /// Without a token; the first one who wants one asks for it.
    pub fn new(configuration: Configuration, transport: T, clock: C, environment: E) -> Self {
        Self {
            configuration,
            transport,
            clock,
            environment,
            token: RefCell::default(),
            flight: Flight::default(),
            failure: RefCell::default(),
            is_renewal: Cell::default(),
            renewed: RefCell::default(),
            authorization_server: RefCell::default(),
            challenge: RefCell::default(),
            bound_issuer: RefCell::default(),
        }
    }

    /// A token. One that is there is good for another ten seconds; asking for one takes [`Limits::token_ms`] at most,
    /// and no time where that has just failed.
    pub async fn token(&self) -> Result<String, Error> {
        match self.fresh() {
            Some(token) => Ok(token),
            None => self.flight.join(&self.clock, || Box::pin(self.obtain())).await,
        }
    }

    /// Whether [`Tokens::token`] would ask for a token now: none is there, and it has not just failed.
    pub fn would_ask(&self) -> bool {
        self.fresh().is_none() && self.current(&self.failure).is_none()
    }

    /// Drops the token that the server refused with 401, if it has not been replaced meanwhile, so that
    /// [`Tokens::token`] gives another. To be called once per request.
    ///
    /// # Errors
    ///
    /// [`Problem::RefusedAgain`] where a refused token was replaced just before, and the server has accepted none since.
    pub fn reject(&self, refused: &str) -> Result<(), Error> {
        if !self.holds(refused) {
            return Ok(());
        }
        if self.current(&self.renewed).is_some() {
            return Err(self.resource().error(Problem::RefusedAgain));
        }
        self.token.replace(None);
        self.is_renewal.set(true);
        Ok(())
    }

    /// Takes note that the server answered a request with this token by something else than 401: should it refuse the
    /// token later, it is replaced at once.
    pub fn note_accepted(&self, token: &str) {
        // One that is replaced already says nothing about its replacement.
        if self.holds(token) {
            self.is_renewal.set(false);
            self.renewed.replace(None);
        }
    }

    /// Takes note of the `WWW-Authenticate` headers of a 401; true where they say something new about where the
    /// server's metadata is (RFC 9728, section 5.1), so that [`Tokens::token`] may succeed where it failed before.
    pub fn note_challenge(&self, headers: &HeaderMap) -> bool {
        let Some(url) = challenge::resource_metadata(headers) else { return false };
        if self.challenge.borrow().as_ref() == Some(&url) {
            return false;
        }
        self.challenge.replace(Some(url));
        self.authorization_server.replace(None);
        self.failure.replace(None);
        true
    }

    /// The token to keep, for [`Tokens::restore`] in another instance. It is a secret.
    pub fn cached(&self) -> Option<CachedToken> {
        self.token.borrow().clone()
    }

    /// Uses a token that another instance got for the same configuration.
    pub fn restore(&self, token: CachedToken) {
        self.token.replace(Some(token));
    }

    /// The issuer that gave the last token, as far as it is known. To be kept for [`Tokens::bind_issuer`].
    pub fn issuer(&self) -> Option<String> {
        self.bound_issuer.borrow().clone()
    }

    /// Binds the credentials to the issuer that took them in another instance: should the MCP server, which may have
    /// fallen into other hands, name another one later, that is refused, and nothing is sent to it. An issuer that is
    /// configured needs none of this.
    pub fn bind_issuer(&self, issuer: String) {
        self.bound_issuer.replace(Some(issuer));
    }

    fn holds(&self, token: &str) -> bool {
        self.token.borrow().as_ref().is_some_and(|held| held.access_token == token)
    }

    /// The token, unless it is about to expire.
    fn fresh(&self) -> Option<String> {
        self.good_for(EARLY_MS)
    }

    fn good_for(&self, ms: u64) -> Option<String> {
        let now_ms = self.environment.unix_ms();
        self.token
            .borrow()
            .as_ref()
            .filter(|token| token.is_good_for(ms, now_ms))
            .map(|token| token.access_token.clone())
    }

    /// A new token; while the old one has not expired, that one when there is no new one.
    async fn obtain(&self) -> Result<String, Error> {
        // Another one may have got it just before.
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let outcome = match self.current(&self.failure) {
            Some(error) => Err(error),
            None => self.ask().await,
        };
        outcome.or_else(|error| self.good_for(0).ok_or(error))
    }

    async fn ask(&self) -> Result<String, Error> {
        let after_ms = self.configuration.limits.token_ms;
        let asking = async { self.ask_server(&*self.server().await?).await };
        let outcome = within(&self.clock, after_ms, asking).await.unwrap_or_else(|| {
            let party =
                self.current(&self.authorization_server).map_or_else(|| self.resource(), |server| party(&server));
            Err(party.error(Problem::TimedOut { document: Document::Token, after_ms }))
        });
        match outcome {
            Ok(token) => {
                self.failure.replace(None);
                self.token.replace(Some(token.clone()));
                if self.is_renewal.take() {
                    let ms = self.clock.monotonic_ms().saturating_add(RENEWAL_PAUSE_MS);
                    self.renewed.replace(Some(Until { ms, value: () }));
                }
                Ok(token.access_token)
            }
            Err(error) => {
                // Its metadata may be others by now.
                self.authorization_server.replace(None);
                let ms = self.clock.monotonic_ms().saturating_add(FAILURE_MEMORY_MS);
                self.failure.replace(Some(Until { ms, value: error.clone() }));
                Err(error)
            }
        }
    }

    /// The authorization server, found anew now and then.
    async fn server(&self) -> Result<Rc<AuthorizationServer>, Error> {
        if let Some(server) = self.current(&self.authorization_server) {
            return Ok(server);
        }
        let discovery = Discovery {
            http: self.http(),
            credentials: &self.configuration.credentials,
            server: &self.configuration.server,
            private: self.configuration.private,
            challenge: self.challenge.borrow().clone(),
            bound_issuer: self.bound_issuer.borrow().clone(),
            quoting: self.quoting(),
        };
        let server = Rc::new(discovery.find().await?);
        let ms = self.clock.monotonic_ms().saturating_add(METADATA_LIFETIME_MS);
        self.authorization_server.replace(Some(Until { ms, value: server.clone() }));
        Ok(server)
    }

    async fn ask_server(&self, server: &AuthorizationServer) -> Result<CachedToken, Error> {
        let request = TokenRequest::new(&self.configuration.credentials, server, &self.environment, self.quoting());
        let TokenRequest { request, quoting } = request.map_err(|problem| party(server).error(problem))?;
        let asked_unix_ms = self.environment.unix_ms();
        let answer = self.http().send(Document::Token, request, server.private, &quoting).await;
        let token = answer.and_then(|answer| token_answer::read(&answer, asked_unix_ms, &quoting));
        let token = token.map_err(|problem| party(server).error(problem))?;
        if server.issuer.is_some() {
            self.bound_issuer.replace(server.issuer.clone());
        }
        Ok(token)
    }

    fn http(&self) -> Http<'_, T, C> {
        Http { transport: &self.transport, clock: &self.clock, limits: &self.configuration.limits }
    }

    fn quoting(&self) -> Quoting {
        Quoting::of_server(&self.configuration.redactor)
    }

    fn resource(&self) -> Party {
        Party::Resource { origin: resource::origin(&self.configuration.server) }
    }

    /// What is remembered, while it counts.
    fn current<V: Clone>(&self, memory: &RefCell<Option<Until<V>>>) -> Option<V> {
        let now_ms = self.clock.monotonic_ms();
        memory.borrow().as_ref().filter(|until| now_ms < until.ms).map(|until| until.value.clone())
    }
}

fn party(server: &AuthorizationServer) -> Party {
    Party::AuthorizationServer { name: server.name.clone() }
}
