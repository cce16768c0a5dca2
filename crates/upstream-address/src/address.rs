//! The networks that addresses belong to (IANA's registries of special-purpose addresses, RFC 6890).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The internet.
    Public,
    /// The machine itself.
    Loopback,
    /// A network that is not the internet's.
    Private,
    /// The metadata service of a cloud, which gives credentials to whoever asks, or a link-local address, where most of
    /// them are.
    Metadata,
    /// Nothing that one server can be at: multicast, reserved or documentation addresses.
    Unusable,
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Loopback => "the machine that the gateway runs on",
            Self::Private => "a private network",
            Self::Metadata => "a link-local address or the metadata service of a cloud",
            Self::Unusable => "an address that no server can have",
        })
    }
}

impl Network {
    /// The network of an address. An IPv6 address that carries an IPv4 address leads where that one leads.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => match carried(address) {
                Some(carried) => Self::of_v4(carried).max_restricted(Self::of_v6(address)),
                None => Self::of_v6(address),
            },
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        match address.octets() {
            [127, ..] => Self::Loopback,
            // 0.0.0.0 reaches the machine itself on many systems (RFC 1122, section 3.2.1.3).
            [0, ..] => Self::Loopback,
            _ if address.is_link_local() => Self::Metadata,
            // The metadata of Alibaba Cloud and Oracle Cloud Classic, and Microsoft Azure's platform services.
            [100, 100, 100, 200] | [192, 0, 0, 192] | [168, 63, 129, 16] => Self::Metadata,
            _ if address.is_private() => Self::Private,
            // Carrier-grade NAT (RFC 6598), IETF protocol assignments, benchmarking (RFC 2544).
            [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18..=19, ..] => Self::Private,
            _ if address.is_multicast() || address.is_documentation() => Self::Unusable,
            // 6to4 relays (RFC 7526), reserved addresses and broadcast.
            [192, 88, 99, _] | [240..=255, ..] => Self::Unusable,
            _ => Self::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        match address.segments() {
            [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Self::Loopback,
            // Amazon's metadata, and link-local addresses.
            [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] | [0xfe80..=0xfebf, ..] => Self::Metadata,
            // Unique local and site-local addresses; addresses for a translator's own network (RFC 8215).
            [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] | [0x64, 0xff9b, 1, ..] => Self::Private,
            // Multicast, documentation (RFC 3849, RFC 9637), discard-only (RFC 6666), ORCHID (RFC 7343).
            [0xff00..=0xffff, ..]
            | [0x2001, 0xdb8, ..]
            | [0x3fff, 0..=0x0fff, ..]
            | [0x100, 0, 0, 0, ..]
            | [0x2001, 0x10..=0x2f, ..] => Self::Unusable,
            // What carries an IPv4 address is judged by it.
            [0x2000..=0x3fff, ..] | [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, ..] => Self::Public,
            _ => Self::Unusable,
        }
    }

    /// The more restricted of two.
    fn max_restricted(self, other: Self) -> Self {
        match (self, other) {
            (Self::Public, other) | (other, Self::Public) => other,
            (one, _) => one,
        }
    }
}

/// The IPv4 address that an IPv6 address stands for or leads through.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., high, low] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        // Mapped (RFC 4291, section 2.5.5.2) and NAT64 (RFC 6052, RFC 8215).
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 1, ..] => Some(v4(high, low)),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => Some(v4(high, low)),
        // Teredo (RFC 4380): the client's address, inverted.
        [0x2001, 0, ..] => Some(v4(!high, !low)),
        _ => None,
    }
}
