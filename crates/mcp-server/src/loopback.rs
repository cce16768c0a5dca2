//! Protection of a gateway without a key (MCP transports, "Security Warning": DNS rebinding).

use crate::{authority, proxy_headers};
use http::{HeaderMap, HeaderName};

/// What browsers say of the page that has a request made (Fetch Metadata).
const FETCH_SITE: &str = "sec-fetch-site";

/// Why a request does not come from this machine. It is to be answered with 403.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    Proxy(HeaderName),
    /// A web page of another site has a browser ask.
    #[error(
        "Without an admin key this gateway answers no web page of another site (header Sec-Fetch-Site). Set the variable admin_key."
    )]
    Page,
}

/// Whether a request that needs no key comes from this machine: a web page that had its own name resolve to 127.0.0.1
/// would otherwise reach the gateway, and so would everybody through a proxy on this machine that calls it by a name of
/// its own.
///
/// `authority` is the request's own authority, for hosts that move `Host` there (HTTP/2).
pub fn check_loopback(authority: Option<&str>, headers: &HeaderMap) -> Result<(), NotLocal> {
    if !authority::of_request(authority, headers).is_some_and(authority::is_loopback) {
        return Err(NotLocal::Host);
    }
    if let Some(name) = proxy_headers::find(headers) {
        return Err(NotLocal::Proxy(name.clone()));
    }
    // Pages of this machine are of the same site, if not of the same origin; `none` is the user, who typed the address.
    let is_of_here = |site: &[u8]| matches!(site, b"same-origin" | b"same-site" | b"none");
    match headers.get_all(FETCH_SITE).iter().all(|site| is_of_here(site.as_bytes())) {
        true => Ok(()),
        false => Err(NotLocal::Page),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, header};

    fn named(host: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))])
    }

    #[test]
    fn loopback_names_pass() {
        for host in ["localhost", "localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
            assert_eq!(check_loopback(None, &named(host)), Ok(()), "{host}");
        }
        assert_eq!(check_loopback(Some("localhost:3000"), &HeaderMap::new()), Ok(()));
    }

    #[test]
    fn other_names_do_not() {
        for host in ["evil.example", "10.0.0.1:3000", ""] {
            assert_eq!(check_loopback(None, &named(host)), Err(NotLocal::Host), "{host}");
        }
        assert_eq!(check_loopback(None, &HeaderMap::new()), Err(NotLocal::Host));
        let mut unreadable = HeaderMap::new();
        unreadable.insert(header::HOST, HeaderValue::from_bytes(b"\xe4\xf6").expect("a value"));
        assert_eq!(check_loopback(Some("localhost"), &unreadable), Err(NotLocal::Host));
    }

    #[test]
    fn nor_does_what_proxies_pass_on() {
        for name in ["forwarded", "x-forwarded-for", "cf-connecting-ip"] {
            let mut headers = named("localhost");
            headers.insert(name, HeaderValue::from_static("127.0.0.1"));
            assert_eq!(check_loopback(None, &headers), Err(NotLocal::Proxy(HeaderName::from_static(name))));
        }
    }

    #[test]
    fn nor_what_pages_of_other_sites_want() {
        for (sites, expected) in [
            (&["none"][..], Ok(())),
            (&["same-origin"], Ok(())),
            (&["same-site"], Ok(())),
            (&["cross-site"], Err(NotLocal::Page)),
            (&["Cross-Site"], Err(NotLocal::Page)),
            (&["same-origin, cross-site"], Err(NotLocal::Page)),
            (&["same-origin", "cross-site"], Err(NotLocal::Page)),
            (&[""], Err(NotLocal::Page)),
        ] {
            let mut headers = named("localhost");
            for site in sites {
                headers.append(FETCH_SITE, HeaderValue::from_static(site));
            }
            assert_eq!(check_loopback(None, &headers), expected, "{sites:?}");
        }
    }
}
