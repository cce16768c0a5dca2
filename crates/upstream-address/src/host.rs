//! The host of a URL as resolvers read it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Network;

/// Characters of a name (RFC 1035, section 2.3.4).
const MAX_NAME_CHARACTERS: usize = 253;

/// Names that mean the machine itself, and endings under which everything does (RFC 6761, section 6.3).
const LOOPBACK_NAMES: [&str; 5] =
    ["localhost", "ip6-localhost", "ip6-loopback", "localhost.localdomain", "localhost6.localdomain6"];

/// Names of the metadata services of clouds.
const METADATA_NAMES: [&str; 4] =
    ["metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"];

/// Endings of names that the public internet does not have (RFC 6762, RFC 8375, ICANN's reservation of `internal`,
/// and what home routers and clusters use).
const PRIVATE_ENDINGS: [&str; 12] = [
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "localdomain",
    "home.arpa",
    "cluster.local",
    "test",
    "onion",
];

/// The host of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// An address, in whichever spelling.
    Address(IpAddr),
    /// A name, in lower case and without a dot at the end.
    Name(String),
}

/// A host that no resolver reads the same way as the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHost {
    #[error("the host is empty")]
    Empty,
    #[error("the host has a character that names do not have; write international names in their xn-- form")]
    Character,
    #[error("the host looks like an address and is none")]
    Address,
    #[error("the host has an address with a zone, which means something on one machine only")]
    Zone,
    #[error("the host is longer than names can be, or has an empty part")]
    Shape,
}

impl Host {
    /// Reads a host as it stands in a URL, IPv6 addresses in brackets.
    ///
    /// Like `inet_aton`, which most resolvers ask first, this takes addresses of one to four numbers in decimal,
    /// octal (`0177`) or hexadecimal (`0x7f`).
    pub fn parse(text: &str) -> Result<Self, InvalidHost> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or(InvalidHost::Address)?;
            if inner.contains('%') {
                return Err(InvalidHost::Zone);
            }
            let address: Ipv6Addr = inner.parse().map_err(|_| InvalidHost::Address)?;
            return Ok(Self::Address(address.into()));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if name.is_empty() {
            return Err(InvalidHost::Empty);
        }
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
            return Err(InvalidHost::Character);
        }
        if name.len() > MAX_NAME_CHARACTERS || name.split('.').any(|label| label.is_empty() || label.len() > 63) {
            return Err(InvalidHost::Shape);
        }
        match ends_in_number(&name) {
            true => read_v4(&name).map(|address| Self::Address(address.into())).ok_or(InvalidHost::Address),
            false => Ok(Self::Name(name)),
        }
    }

    /// Where it leads, as far as its spelling tells: a name may resolve to anything.
    #[must_use]
    pub fn network(&self) -> Network {
        match self {
            Self::Address(address) => Network::of(*address),
            Self::Name(name) => {
                let is_below =
                    |ending: &str| name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                if METADATA_NAMES.contains(&name.as_str()) {
                    Network::Metadata
                } else if LOOPBACK_NAMES.iter().any(|loopback| is_below(loopback)) {
                    Network::Loopback
                } else if PRIVATE_ENDINGS.iter().any(|ending| is_below(ending)) || !name.contains('.') {
                    // A name of one part is found in the network's own domain, if at all.
                    Network::Private
                } else {
                    Network::Public
                }
            }
        }
    }
}

/// Whether the last part is a number, so that the whole must be an address (WHATWG URL, "ends in a number").
fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    last.bytes().all(|byte| byte.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(is_hexadecimal)
}

fn read_v4(name: &str) -> Option<Ipv4Addr> {
    let numbers: Vec<u64> = name.split('.').map(read_number).collect::<Option<_>>()?;
    let (last, first) = numbers.split_last()?;
    let rest_bits = 8 * 4u32.checked_sub(u32::try_from(first.len()).ok()?)?;
    if rest_bits == 0 || first.iter().any(|number| *number > 255) || *last >= 1 << rest_bits {
        return None;
    }
    let high = first.iter().enumerate().map(|(at, number)| number << (24 - 8 * at)).sum::<u64>();
    u32::try_from(high + last).ok().map(Ipv4Addr::from)
}

/// A number as C reads it. An empty hexadecimal number is zero, as it is to browsers.
fn read_number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some("") => return Some(0),
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    u64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))
}
