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
    /// A web page of another host asks.
    #[error("This Origin may not use the gateway: web pages of other hosts are refused.")]
    Origin,
}

/// What proxies say of those for whom they ask (RFC 7239; RFC 9110, section 7.6.3; and by custom).
const OF_PROXIES: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Refuses a request whose `Host` or `Origin` is not this machine: a web page that had its own name
/// resolve to 127.0.0.1 would otherwise reach a gateway that needs no key. So would everybody through a proxy on this
/// machine that calls the gateway by a name of its own.
///
/// `authority` is the request's own authority, for hosts that move `Host` there (HTTP/2).
pub fn check_loopback(authority: Option<&str>, headers: &HeaderMap) -> Result<(), NotLocal> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).or(authority);
    if !host.is_some_and(|host| is_loopback_host(without_port(host))) {
        return Err(NotLocal::Host);
    }
    if let Some(name) = OF_PROXIES.into_iter().find(|name| headers.contains_key(*name)) {
        return Err(NotLocal::Proxy(name));
    }
    let origin = headers.get(header::ORIGIN).map(|value| value.to_str().ok().and_then(|text| text.parse::<Uri>().ok()));
    match origin {
        None => Ok(()),
        Some(Some(origin)) if origin.host().is_some_and(is_loopback_host) => Ok(()),
        Some(_) => Err(NotLocal::Origin),
    }
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

    fn request(host: &'static str, origin: Option<&'static str>) -> Result<(), NotLocal> {
        let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        check_loopback(None, &headers)
    }

    #[test]
    fn loopback_names_pass() {
        for host in ["localhost", "localhost:3000", "127.0.0.1:3000", "127.9.9.9", "[::1]:3000", "LOCALHOST.:80"] {
            assert_eq!(request(host, None), Ok(()), "{host}");
        }
        assert_eq!(request("localhost:3000", Some("http://localhost:5173")), Ok(()));
    }

    #[test]
    fn other_hosts_and_origins_are_forbidden() {
        for host in
            ["evil.example", "localhost.evil.example", "10.0.0.1:3000", "127.0.0.1.evil.example", "[::2]:3000", ""]
        {
            assert_eq!(request(host, None), Err(NotLocal::Host), "{host}");
        }
        for name in OF_PROXIES {
            let host = (header::HOST, HeaderValue::from_static("localhost"));
            let proxied = (header::HeaderName::from_static(name), HeaderValue::from_static("x"));
            assert_eq!(check_loopback(None, &HeaderMap::from_iter([host, proxied])), Err(NotLocal::Proxy(name)));
        }
        for origin in ["http://evil.example", "null", "https://localhost.evil.example"] {
            assert_eq!(request("localhost", Some(origin)), Err(NotLocal::Origin), "{origin}");
        }
    }
}
