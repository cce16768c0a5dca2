//! Which networks requests may lead to. A component sees names only; what a name resolves to is seen here, and the
//! connection goes to the very address that was checked.

use http::Uri;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;
use tower_service::Service;
use upstream_address::{Host, Network};

/// The networks that requests may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Networks {
    /// All of them.
    Any,
    /// The internet, for requests to hosts that the manifest allows by a wildcard only.
    Public,
}

impl Networks {
    /// Those addresses of a name that requests may lead to.
    pub fn admitted(self, mut addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Prohibited> {
        let resolves = !addresses.is_empty();
        addresses.retain(|address| self == Self::Any || Network::of(address.ip()) == Network::Public);
        if resolves && addresses.is_empty() { Err(Prohibited) } else { Ok(addresses) }
    }
}

/// Every address of a name is in a network that requests may not lead to.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("it resolves to addresses that are not public")]
pub struct Prohibited;

/// Whether a URL names an address, or a host by a name that is not public, in a network that requests may not lead to.
pub(super) fn is_prohibited(uri: &Uri) -> bool {
    let host = uri.host().map(Host::parse);
    !matches!(host, Some(Ok(host)) if host.network() == Network::Public)
}

/// Resolves names by the system, and leaves out what is not public.
#[derive(Clone)]
pub(super) struct PublicResolver(GaiResolver);

impl PublicResolver {
    pub fn new() -> Self {
        Self(GaiResolver::new())
    }
}

impl Service<Name> for PublicResolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolving = self.0.call(name);
        Box::pin(async move {
            let addresses = Networks::Public.admitted(resolving.await?.collect()).map_err(io::Error::other)?;
            Ok(addresses.into_iter())
        })
    }
}
