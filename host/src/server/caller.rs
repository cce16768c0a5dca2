//! Who sends a request, as far as the host can tell: it knows addresses, and whether two requests show the same key, but
//! not whose a key is or whether it is one.

use http::{HeaderMap, header};
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};

/// Whose share a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// The holder of a key, by its hash.
    Key(u64),
    /// Whoever shows no key, by the address.
    Address(Peer),
}

/// The address of a client; of IPv6 the first 64 bits, since that is what one customer of a network has (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Peer(IpAddr);

impl Peer {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            address => Self(address),
        }
    }
}

/// Tells callers apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Callers {
    /// Seeded anew in each process, so that nobody can look for keys that share a hash.
    hashes: RandomState,
}

impl Callers {
    /// Who sends a request with these headers from this address.
    pub fn caller(&self, headers: &HeaderMap, peer: Peer) -> Caller {
        bearer(headers).map_or(Caller::Address(peer), |key| Caller::Key(self.hashes.hash_one(key)))
    }
}

/// The token of `Authorization: Bearer`, read as the gateway reads it: however its scheme is spelled, it is the same key
/// (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}
