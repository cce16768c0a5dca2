//! Which host a request or a page names: one spelling for each, and none that readers take for different hosts.

use http::{HeaderMap, header};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a request calls the gateway. `authority` is the request's own, for hosts that move `Host` there. A header that
/// cannot be read names nothing.
pub fn of_request<'a>(authority: Option<&'a str>, headers: &'a HeaderMap) -> Option<&'a str> {
    match headers.get(header::HOST) {
        Some(value) => value.to_str().ok(),
        None => authority,
    }
}

/// Whether a host, perhaps with a port, is a name or an address of this machine. Addresses in other spellings than the
/// usual ones (`127.1`, `0x7f000001`), IPv4 addresses inside of IPv6 ones, zones and names that resolve to this machine
/// are not: browsers write addresses in the usual way, and names can be anybody's.
pub fn is_loopback(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, port)) => (Host::V6(inner), port),
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            (Host::Name(&authority[..end]), &authority[end..])
        }
    };
    is_port(port) && host.is_loopback()
}

enum Host<'a> {
    Name(&'a str),
    /// What stands in brackets.
    V6(&'a str),
}

impl Host<'_> {
    fn is_loopback(&self) -> bool {
        match self {
            Self::V6(text) => text.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
            Self::Name(text) => {
                let name = text.strip_suffix('.').unwrap_or(text);
                name.eq_ignore_ascii_case("localhost") || name.parse::<Ipv4Addr>().is_ok_and(|one| one.is_loopback())
            }
        }
    }
}

/// Nothing, or a colon and a port, which may be left out (RFC 3986, section 3.2.3).
fn is_port(text: &str) -> bool {
    let Some(port) = text.strip_prefix(':') else { return text.is_empty() };
    port.is_empty() || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn this_machine_has_few_names() {
        for name in [
            "localhost",
            "localhost:3000",
            "LOCALHOST.:80",
            "localhost:",
            "127.0.0.1:3000",
            "127.0.0.1.",
            "127.9.9.9",
            "[::1]",
            "[::1]:3000",
            "[0:0:0:0:0:0:0:1]:1",
        ] {
            assert!(is_loopback(name), "{name}");
        }
        for name in [
            "",
            ".",
            ":3000",
            "localhost:99999",
            "localhost:+1",
            "localhost:80:80",
            "localhost..",
            "localhost.evil.example",
            "my.localhost",
            "localhost evil.example",
            "localhost,evil.example",
            "localhost@evil.example",
            "evil.example@localhost",
            "localhost/evil",
            "localhost#",
            "localhost%00",
            "localtest.me",
            "xn--lcalhost-55a",
            "127.0.0.1.evil.example",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f.0.0.1",
            "0x7f000001",
            "0177.0.0.1",
            "127.0.0.01",
            "0.0.0.0",
            "10.0.0.1:3000",
            "::1",
            "::1:3000",
            "[::1",
            "[::1]x",
            "[::1]]",
            "[[::1]]",
            "[::1%25lo]",
            "[::1%lo0]",
            "[::2]:3000",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[127.0.0.1]",
            "[localhost]",
        ] {
            assert!(!is_loopback(name), "{name}");
        }
    }
}
