//! Headers that stand once: of two, each reader takes another one.

use http::{HeaderMap, HeaderName, header};

/// A request names its host, its page or its caller twice. It is to be answered with 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Repeated {
    /// A header stands more than once.
    #[error("This request has more than one {0} header. Send one.")]
    Header(HeaderName),
    /// The request target names another host than `Host`.
    #[error("The request target and the Host header name different hosts. Send one of them.")]
    Host,
}

/// Checks that nothing by which a request is let in stands twice. `authority` is the request's own.
pub fn check_repeated(authority: Option<&str>, headers: &HeaderMap) -> Result<(), Repeated> {
    for name in [header::HOST, header::ORIGIN, header::AUTHORIZATION] {
        if headers.get_all(&name).iter().nth(1).is_some() {
            return Err(Repeated::Header(name));
        }
    }
    match (authority, headers.get(header::HOST)) {
        (Some(authority), Some(host)) if !authority.as_bytes().eq_ignore_ascii_case(host.as_bytes()) => {
            Err(Repeated::Host)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn one_of_each_is_enough() {
        for name in ["host", "origin", "authorization"] {
            let mut headers = HeaderMap::new();
            for value in ["localhost", "evil.example"] {
                assert_eq!(check_repeated(None, &headers), Ok(()), "{name}");
                headers.append(name, HeaderValue::from_static(value));
            }
            assert_eq!(check_repeated(None, &headers), Err(Repeated::Header(name.parse().expect("a name"))));
        }
        let host = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("LocalHost:3000"))]);
        assert_eq!(check_repeated(Some("localhost:3000"), &host), Ok(()));
        assert_eq!(check_repeated(Some("evil.example"), &host), Err(Repeated::Host));
    }
}
