//! Which networks requests may lead to. A component sees names only; what a name resolves to is seen here, and the
//! connection goes to the very address that was checked.

use http::Uri;
use std::net::SocketAddr;
use upstream_address::{Host, Network};

/// The networks that requests may lead to. Link-local addresses, the metadata services of clouds, and addresses that no
/// server can have are in none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Networks {
    /// The internet, private networks, and the machine itself.
    All,
    /// The internet, for requests to hosts that the manifest allows by a wildcard only.
    Public,
}

impl Networks {
    /// Those addresses of a name that requests may lead to.
    pub fn admitted(self, mut addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Prohibited> {
        let resolves = !addresses.is_empty();
        addresses.retain(|address| self.includes(Network::of(address.ip())));
        if resolves && addresses.is_empty() { Err(Prohibited) } else { Ok(addresses) }
    }

    /// Whether the host of a URL is in one of them, as far as its spelling tells: an address, or a name that means one.
    pub fn may_have(self, uri: &Uri) -> bool {
        match uri.host().map(Host::parse) {
            Some(Ok(host)) => self.includes(host.network()),
            // Nothing that is read as an address, so that the resolver sees it.
            Some(Err(_)) | None => self == Self::All,
        }
    }

    fn includes(self, network: Network) -> bool {
        match network {
            Network::Public => true,
            Network::Loopback | Network::Private => self == Self::All,
            Network::Metadata | Network::Unusable => false,
        }
    }
}

/// Every address of a name is in a network that requests may not lead to.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("it resolves to addresses that requests may not lead to")]
pub struct Prohibited;
