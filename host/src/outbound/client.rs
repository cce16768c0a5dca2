//! The HTTP client behind all components: HTTP/1.1 over kept connections, with TLS where the scheme is `https`.

use super::Networks;
use super::resolver::{Addresses, Resolver};
use http::HeaderMap;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as PooledClient, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use wasmtime_wasi_http::WasiBody;

/// How long a connection is kept when nothing uses it: for less than servers keep theirs (Node.js and uvicorn close them
/// after 5 s), so that no request is sent to one that is about to be closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// How long a name with addresses of both families is tried on the first before the other is tried as well.
const HAPPY_EYEBALLS_TIMEOUT: Duration = Duration::from_millis(300);

/// How long a connection may be silent before the other side is asked whether it is still there.
const PROBE_INTERVAL: Duration = Duration::from_secs(60);

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("cannot set TLS up: {0}")]
pub struct TlsError(#[from] rustls::Error);

type Pool = PooledClient<HttpsConnector<HttpConnector<Resolver>>, WasiBody>;

/// Sends requests. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    all: Pool,
    public: Pool,
}

impl Client {
    /// A client that trusts the certificate authorities of this machine, or Mozilla's where the machine has none. Names
    /// resolve to these addresses, and others as the system says.
    pub fn new(addresses: Addresses) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots())
            .with_no_client_auth();

        let addresses = Arc::new(addresses);
        let pool_of = |networks| pool(Resolver::new(addresses.clone(), networks), tls.clone());
        Ok(Self { all: pool_of(Networks::All), public: pool_of(Networks::Public) })
    }

    /// Starts a request. Dropping the future, or the response's body, ends it and closes its connection.
    pub(super) fn request(&self, request: http::Request<WasiBody>, networks: Networks) -> ResponseFuture {
        match networks {
            Networks::All => self.all.request(request),
            Networks::Public => self.public.request(request),
        }
    }
}

/// Whether a server says that it closes the connection before it would be given up here (`Keep-Alive: timeout=5`).
pub(super) fn closes_early(headers: &HeaderMap) -> bool {
    let parameters = headers.get_all("keep-alive").iter().filter_map(|value| value.to_str().ok());
    let mut parameters =
        parameters.flat_map(|value| value.split(',')).filter_map(|parameter| parameter.split_once('='));
    parameters.any(|(name, value)| {
        let seconds = value.trim().trim_matches('"').parse();
        name.trim().eq_ignore_ascii_case("timeout")
            && seconds.is_ok_and(|seconds: u64| seconds <= IDLE_TIMEOUT.as_secs())
    })
}

fn pool(resolver: Resolver, tls: ClientConfig) -> Pool {
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(PROBE_INTERVAL));
    tcp.set_happy_eyeballs_timeout(Some(HAPPY_EYEBALLS_TIMEOUT));
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
    PooledClient::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build(connector)
}

fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}
