//! A real authorization server.

use std::process::Command;

use serde_json::Value;

use crate::client::Client;
use crate::process::Process;
use crate::project;

/// `oidc-provider` in a process of its own (`tests/upstreams/authorization`).
pub struct AuthorizationServer(Process);

impl AuthorizationServer {
    /// The secret of its client `with-secret`, with characters that are encoded on their way.
    pub const SECRET: &'static str = "planted+client/secret=~0123456789%";

    /// The private key, in PEM, with which its client `with-key` signs: P-256.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn private_key() -> String {
        std::fs::read_to_string(key_file("p256.pem")).expect("the key of the tests of OAuth")
    }

    /// The private key, in PEM, with which its client `with-rsa-key` signs: RSA, of the longest kind.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn rsa_key() -> String {
        std::fs::read_to_string(key_file("rsa4096.pem")).expect("the key of the tests of OAuth")
    }

    /// Starts it on a free port.
    pub fn start() -> Self {
        Self::start_taking("RS256 PS256 ES256 EdDSA")
    }

    /// Starts it on a free port; assertions must be signed by one of these algorithms, which it lists.
    pub fn start_taking(algorithms: &str) -> Self {
        let folder = project::path("tests/upstreams/authorization");
        let mut command = Command::new("node");
        command.arg(folder.join("server.mjs")).arg(key_file("p256.pem")).arg(key_file("rsa4096.pem"));
        command.env("CLIENT_SECRET", Self::SECRET).env("ASSERTION_ALGORITHMS", algorithms);
        // It warns of what is for tests only.
        Self(Process::start(command.stderr(std::process::Stdio::null())))
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.0.address())
    }

    /// How many requests for tokens it has granted and refused.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn counts(&self) -> (u64, u64) {
        let answer = Client::new(self.0.address()).send("GET", "/counts", &[], "").await;
        let counts: Value = serde_json::from_slice(&answer.body).expect("JSON");
        let count = |name: &str| counts[name].as_u64().expect("a number");
        (count("issued"), count("refused"))
    }

    /// What it says of a token (RFC 7662).
    pub(super) async fn introspect(address: std::net::SocketAddr, token: &str) -> Value {
        // `resource:of-the-resource`
        let headers = [
            ("authorization", "Basic cmVzb3VyY2U6b2YtdGhlLXJlc291cmNl"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let answer = Client::new(address);
        let answer = answer.send("POST", "/token/introspection", &headers, format!("token={token}")).await;
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// Where it listens.
    pub(super) fn address(&self) -> std::net::SocketAddr {
        self.0.address()
    }
}

fn key_file(name: &str) -> std::path::PathBuf {
    project::path("crates/upstream-oauth/tests/keys").join(name)
}
