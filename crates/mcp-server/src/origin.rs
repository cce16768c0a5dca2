//! Protection against web pages (MCP transports, "Security Warning").

use crate::authority;
use http::{HeaderMap, header};

/// A web page of another host asks. It is to be answered with 403, whatever the request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This Origin may not use the gateway: web pages of other hosts are refused.")]
pub struct ForeignOrigin;

/// Whether the web page that asks, if it is one, is the gateway's own or of this machine.
pub fn check_origin(authority: Option<&str>, headers: &HeaderMap) -> Result<(), ForeignOrigin> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let page = origin.to_str().ok().and_then(authority_of).ok_or(ForeignOrigin)?;
    let own = authority::of_request(authority, headers);
    let is_own = !page.is_empty() && own.is_some_and(|own| page.eq_ignore_ascii_case(own));
    if is_own || authority::is_loopback(page) { Ok(()) } else { Err(ForeignOrigin) }
}

/// Host and port of an origin as browsers write it (RFC 6454, section 6.2): a scheme of web pages, a host, and perhaps a
/// port.
fn authority_of(origin: &str) -> Option<&str> {
    let (scheme, authority) = origin.split_once("://")?;
    let is_of_pages = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    (is_of_pages && authority.bytes().all(is_plain)).then_some(authority)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn of_page(origin: &'static str) -> HeaderMap {
        HeaderMap::from_iter([
            (header::HOST, HeaderValue::from_static("bobbin.example:8443")),
            (header::ORIGIN, HeaderValue::from_static(origin)),
        ])
    }

    #[test]
    fn pages_are_of_the_gateway_or_of_this_machine() {
        for origin in [
            "http://localhost:5173",
            "HTTP://LOCALHOST",
            "http://127.0.0.1",
            "https://[::1]:8443",
            "https://bobbin.example:8443",
        ] {
            assert_eq!(check_origin(None, &of_page(origin)), Ok(()), "{origin}");
        }
        for origin in [
            "http://evil.example",
            "null",
            "",
            "localhost",
            "//localhost",
            "http:localhost",
            "http://",
            "https://localhost.evil.example",
            "https://bobbin.example",
            "https://bobbin.example:8443.evil.example",
            "https://bobbin.example:8443/",
            "http://localhost/evil",
            "http://localhost?evil",
            "http://localhost@evil.example",
            "http://evil.example@localhost",
            "http://localhost, http://evil.example",
            "http://evil.example http://localhost",
            "http://evil.example#://localhost",
            "file://localhost",
            "ftp://localhost",
            "chrome-extension://localhost",
            "javascript://localhost",
            "http://127.1",
            "http://2130706433",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert_eq!(check_origin(None, &of_page(origin)), Err(ForeignOrigin), "{origin}");
        }
        let no_page = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("anything"))]);
        assert_eq!(check_origin(None, &no_page), Ok(()));
    }
}
