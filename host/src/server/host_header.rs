//! Which host a request is for: one, whoever reads it. Components see it as the authority of the request only, so this is
//! looked at here.

use http::{header, request::Parts};

/// Checks that a request has no second `Host`, and none that differs from its target (RFC 9112, section 3.2).
pub(super) fn check(head: &Parts) -> Result<(), &'static str> {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return Err("the request has more than one Host header");
    }
    match (head.uri.authority(), host) {
        (Some(target), Some(host)) if !target.as_str().as_bytes().eq_ignore_ascii_case(host.as_bytes()) => {
            Err("the request target and the Host header name different hosts")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use http::Request;

    fn is_clear(target: &str, hosts: &[&str]) -> bool {
        let request = hosts.iter().fold(Request::get(target), |request, host| request.header("host", *host));
        check(&request.body(()).expect("a request").into_parts().0).is_ok()
    }

    #[test]
    fn a_request_is_for_one_host() {
        for (target, hosts) in [
            ("/mcp", &["localhost"][..]),
            ("/mcp", &[]),
            ("http://localhost:3000/mcp", &["LOCALHOST:3000"]),
            ("http://localhost:3000/mcp", &[]),
        ] {
            assert!(is_clear(target, hosts), "{target} {hosts:?}");
        }
        for (target, hosts) in [
            ("/mcp", &["localhost", "localhost"][..]),
            ("/mcp", &["localhost", "evil.example"]),
            ("http://localhost/mcp", &["evil.example"]),
            ("http://evil.example/mcp", &["localhost"]),
            ("http://localhost/mcp", &["localhost:3000"]),
            ("http://localhost/mcp", &[""]),
        ] {
            assert!(!is_clear(target, hosts), "{target} {hosts:?}");
        }
    }
}
