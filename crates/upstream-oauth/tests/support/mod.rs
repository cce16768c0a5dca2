//! What the tests share: a server, its authorization server, and somebody who wants a token.
#![allow(dead_code)] // Each test file uses a part.

use http::HeaderMap;
use mcp_client::Clock;
use redaction::Redactor;
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, run};
use serde_json::{Value, json};
use std::{cell::Cell, collections::BTreeMap};
use upstream_address::PrivateUpstreams;
use upstream_oauth::{ClientAuthentication, ClientCredentials, Configuration, Environment, Error, Limits, Tokens};

pub const SERVER: &str = "https://mcp.example.com/team/mcp?key=in-the-query";
pub const RESOURCE: &str = "https://mcp.example.com/team/mcp";
pub const RESOURCE_METADATA: &str = "https://mcp.example.com/.well-known/oauth-protected-resource/team/mcp";
pub const ISSUER: &str = "https://as.example.com/tenant";
pub const SERVER_METADATA: &str = "https://as.example.com/.well-known/oauth-authorization-server/tenant";
pub const TOKEN_ENDPOINT: &str = "https://as.example.com/tenant/token";
pub const SECRET: &str = "secret/with spaces&odd=é%+";
/// When the clock says 0.
pub const EPOCH_MS: u64 = 1_800_000_000_000;

/// Pages of the web by their URL; everything else is 404.
pub type Pages = Vec<(&'static str, Answer)>;

/// A server and its authorization server that do everything right.
pub fn pages() -> Pages {
    vec![
        (RESOURCE_METADATA, resource_metadata(RESOURCE, ISSUER)),
        (SERVER_METADATA, server_metadata(ISSUER, TOKEN_ENDPOINT)),
        (TOKEN_ENDPOINT, token("token-1")),
    ]
}

pub fn resource_metadata(resource: &str, issuer: &str) -> Answer {
    Answer::json(200, &json!({"resource": resource, "authorization_servers": [issuer, "https://other.example.com"]}))
}

pub fn server_metadata(issuer: &str, token_endpoint: &str) -> Answer {
    Answer::json(200, &json!({"issuer": issuer, "token_endpoint": token_endpoint}))
}

pub fn token(token: &str) -> Answer {
    Answer::json(200, &json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600}))
}

/// A client with a secret that discovers everything.
pub fn credentials() -> ClientCredentials {
    ClientCredentials {
        client_id: "bobbin".to_string(),
        authentication: ClientAuthentication::ClientSecretBasic { secret: SECRET.to_string() },
        scope: None,
        issuer: None,
        token_endpoint: None,
    }
}

pub fn configuration(credentials: ClientCredentials) -> Configuration {
    Configuration {
        credentials,
        server: SERVER.parse().expect("a URL"),
        private: PrivateUpstreams::Deny,
        limits: Limits::default(),
        redactor: Redactor::default(),
    }
}

/// The same, with the token endpoint given.
pub fn direct() -> Configuration {
    let token_endpoint = Some(TOKEN_ENDPOINT.parse().expect("a URL"));
    configuration(ClientCredentials { token_endpoint, ..credentials() })
}

/// Time that goes with the virtual clock, and numbers that are no two times the same.
pub struct World {
    clock: VirtualClock,
    numbers: Cell<u64>,
}

impl Environment for World {
    fn unix_ms(&self) -> u64 {
        EPOCH_MS + self.clock.monotonic_ms()
    }

    fn random(&self) -> u64 {
        self.numbers.set(self.numbers.get() + 1);
        self.numbers.get()
    }
}

/// Somebody who wants a token, and the web.
pub struct Scene {
    pub clock: VirtualClock,
    pub web: Upstream,
    pub tokens: Tokens<Upstream, VirtualClock, World>,
}

impl Scene {
    pub fn new(configuration: Configuration, script: impl FnMut(&Received) -> Answer + 'static) -> Self {
        let clock = VirtualClock::default();
        let web = Upstream::new(&clock, script);
        let world = World { clock: clock.clone(), numbers: Cell::new(0) };
        let tokens = Tokens::new(configuration, web.clone(), clock.clone(), world);
        Self { clock, web, tokens }
    }

    /// With pages; of several with the same URL the last counts.
    pub fn with_pages(configuration: Configuration, pages: Pages) -> Self {
        Self::new(configuration, move |received| {
            let url = received.url.to_string();
            let page = pages.iter().rev().find(|(page, _)| *page == url);
            page.map_or_else(|| Answer::status(404), |(_, answer)| answer.clone())
        })
    }

    pub fn token(&self) -> Result<String, Error> {
        run(&self.clock, self.tokens.token())
    }

    /// Another token than a refused one.
    pub async fn renewal_after(&self, refused: &str) -> Result<String, Error> {
        self.tokens.reject(refused)?;
        self.tokens.token().await
    }

    pub fn renew_after(&self, refused: &str) -> Result<String, Error> {
        run(&self.clock, self.renewal_after(refused))
    }

    /// Which URLs were asked, in order.
    pub fn asked(&self) -> Vec<String> {
        self.web.received().iter().map(|received| received.url.to_string()).collect()
    }

    /// The last request.
    pub fn last(&self) -> Received {
        self.web.received().pop().expect("a request")
    }
}

/// The fields of a form, each of which must be there once.
pub fn form(received: &Received) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(&received.bytes) {
        assert!(fields.insert(name.to_string(), value.to_string()).is_none(), "{name} is there twice");
    }
    fields
}

/// The headers of a 401.
pub fn challenge(value: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("www-authenticate", value.parse().expect("a header value"));
    headers
}

/// An error of OAuth.
pub fn refusal(status: u16, error: Value) -> Answer {
    Answer::json(status, &error)
}
