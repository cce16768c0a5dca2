//! Protection against DNS rebinding (MCP transports, "Security Warning").

use http::{HeaderMap, Uri, header};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Why a request does not come from this machine. It is to be answered with 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLocal {
    /// `Host` is the name of another machine, or missing.
    #[error(
        "Without an admin key this gateway answers on loopback names only. Use http://127.0.0.1:PORT, or set the variable admin_key."
    )]
    Host,
    /// A proxy asks for somebody else.
    #[error(
        "Without an admin key this gateway answers its own machine only, and a proxy passed this request on (header {0}). Set the variable admin_key."
    )]
    Proxy(&'static str),
}

/// A web page of another host asks. It is to be answered with 403, whatever the request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This Origin may not use the gateway: web pages of other hosts are refused.")]
pub struct ForeignOrigin;

/// What proxies say of those for whom they ask (RFC 7239; RFC 9110, section 7.6.3; and by custom).
const OF_PROXIES: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Whether a request that needs no key comes from this machine: a web page that had its own name resolve to 127.0.0.1
/// would otherwise reach the gateway, and so would everybody through a proxy on this machine that calls it by a name of
/// its own.
///
/// `authority` is the request's own authority, for hosts that move `Host` there (HTTP/2).
pub fn check_loopback(authority: Option<&str>, headers: &HeaderMap) -> Result<(), NotLocal> {
    if !host(authority, headers).is_some_and(|host| is_loopback_host(without_port(host))) {
        return Err(NotLocal::Host);
    }
    match OF_PROXIES.into_iter().find(|name| headers.contains_key(*name)) {
        Some(name) => Err(NotLocal::Proxy(name)),
        None => Ok(()),
    }
}

/// Whether the web page that asks, if it is one, is the gateway's own or of this machine.
pub fn check_origin(authority: Option<&str>, headers: &HeaderMap) -> Result<(), ForeignOrigin> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().ok().and_then(|text| text.parse::<Uri>().ok()).ok_or(ForeignOrigin)?;
    let is_own = origin.authority().zip(host(authority, headers)).is_some_and(|(origin, own)| origin == own);
    if is_own || origin.host().is_some_and(is_loopback_host) { Ok(()) } else { Err(ForeignOrigin) }
}

fn host<'a>(authority: Option<&'a str>, headers: &'a HeaderMap) -> Option<&'a str> {
    headers.get(header::HOST).and_then(|value| value.to_str().ok()).or(authority)
}

/// Whether a host name, without its port, means this machine.
fn is_loopback_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || bare.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn named(host: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))])
    }

    fn of_page(origin: &'static str) -> HeaderMap {
        let mut headers = named("bobbin.example:8443");
        headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        headers
    }

    #[test]
    fn loopback_names_pass() {
        for host in ["localhost", "localhost:3000", "127.0.0.1:3000", "127.9.9.9", "[::1]:3000", "LOCALHOST.:80"] {
            assert_eq!(check_loopback(None, &named(host)), Ok(()), "{host}");
        }
        assert_eq!(check_loopback(Some("localhost:3000"), &HeaderMap::new()), Ok(()));
    }

    #[test]
    fn other_names_and_proxies_do_not() {
        for host in
            ["evil.example", "localhost.evil.example", "10.0.0.1:3000", "127.0.0.1.evil.example", "[::2]:3000", ""]
        {
            assert_eq!(check_loopback(None, &named(host)), Err(NotLocal::Host), "{host}");
        }
        assert_eq!(check_loopback(None, &HeaderMap::new()), Err(NotLocal::Host));
        for name in OF_PROXIES {
            let mut headers = named("localhost");
            headers.insert(name, HeaderValue::from_static("x"));
            assert_eq!(check_loopback(None, &headers), Err(NotLocal::Proxy(name)));
        }
    }

    #[test]
    fn pages_are_of_the_gateway_or_of_this_machine() {
        for origin in ["http://localhost:5173", "http://127.0.0.1", "https://bobbin.example:8443"] {
            assert_eq!(check_origin(None, &of_page(origin)), Ok(()), "{origin}");
        }
        for origin in
            ["http://evil.example", "null", "https://localhost.evil.example", "https://bobbin.example", "file://"]
        {
            assert_eq!(check_origin(None, &of_page(origin)), Err(ForeignOrigin), "{origin}");
        }
        assert_eq!(check_origin(None, &named("anything")), Ok(()));
    }
}
