use http::Uri;

use crate::{Host, InvalidHost, Network};

/// A header by which a component asks its host to lead a request to the internet only, whatever its host's name resolves
/// to and other requests may. The host takes it out. One that does not know it sends it on, and it says nothing there.
pub const PUBLIC_ONLY_HEADER: &str = "bobbin-public-only";

/// Whether servers may be on the gateway's machine and in private networks: the variable `private_upstreams`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrivateUpstreams {
    /// Public addresses only.
    #[default]
    Deny,
    /// Private networks and the machine itself as well; the latter without TLS too.
    Allow,
}

/// Why a server may not be at a URL. Each text continues a sentence that begins with the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("is no absolute URL")]
    NotAbsolute,
    #[error("has the scheme {0:?}; it must be https")]
    Scheme(String),
    #[error("has a user name or a password, which do not belong there")]
    Credentials,
    #[error("has a port that is no number from 1 to 65535")]
    Port,
    #[error("has a host that cannot be used: {0}")]
    Host(#[from] InvalidHost),
    #[error("leads to {0}, and only public servers are allowed here (private_upstreams)")]
    NotPublic(Network),
    #[error("leads to {0}")]
    Unusable(Network),
    #[error("is not encrypted; http is for servers on the gateway's own machine, use https")]
    NotEncrypted,
}

/// Checks that a server may be at this URL.
pub fn check(url: &Uri, private: PrivateUpstreams) -> Result<(), AddressError> {
    let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else {
        return Err(AddressError::NotAbsolute);
    };
    if !matches!(scheme, "http" | "https") {
        return Err(AddressError::Scheme(scheme.to_string()));
    }
    if authority.as_str().contains('@') {
        return Err(AddressError::Credentials);
    }
    if authority.as_str() != authority.host() && authority.port_u16().is_none_or(|port| port == 0) {
        return Err(AddressError::Port);
    }
    let network = Host::parse(authority.host())?.network();
    match (network, private) {
        (Network::Unusable | Network::Metadata, _) => Err(AddressError::Unusable(network)),
        (Network::Loopback | Network::Private, PrivateUpstreams::Deny) => Err(AddressError::NotPublic(network)),
        (Network::Loopback, PrivateUpstreams::Allow) => Ok(()),
        (Network::Private | Network::Public, _) if scheme == "https" => Ok(()),
        _ => Err(AddressError::NotEncrypted),
    }
}
