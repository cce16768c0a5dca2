//! What proxies say of those for whom they ask (RFC 7239; RFC 9110, section 7.6.3; and by custom).

use http::{HeaderMap, HeaderName};

/// Whole names.
const NAMES: [&str; 11] = [
    "forwarded",
    "via",
    "cdn-loop",
    "front-end-https",
    "x-host",
    "x-http-host-override",
    "x-rewrite-url",
    "x-scheme",
    "x-url-scheme",
    "x-varnish",
    "x-amz-cf-id",
];

/// Beginnings of names: of the families that some proxies have.
const FAMILIES: [&str; 23] = [
    "x-forwarded",
    "x-envoy-",
    "x-original-",
    "x-real-",
    "x-cluster-",
    "x-proxy",
    "x-auth-request-",
    "x-pomerium-",
    "x-goog-iap-",
    "x-vercel-",
    "x-azure-",
    "x-appengine-",
    "x-arr-",
    "x-sucuri-",
    "cf-",
    "cloudfront-",
    "fastly-",
    "fly-",
    "incap-",
    "ali-cdn-",
    "tailscale-",
    "ngrok-",
    "x-nf-",
];

/// Parts of names in which others say whose request it was.
const PARTS: [&str; 8] = [
    "forwarded-for",
    "forwarded-host",
    "client-ip",
    "clientip",
    "connecting-ip",
    "remote-ip",
    "remote-addr",
    "real-ip",
];

/// The first header by which a proxy says that it has passed a request on.
pub fn find(headers: &HeaderMap) -> Option<&HeaderName> {
    headers.keys().find(|name| is_of_proxy(name.as_str()))
}

fn is_of_proxy(name: &str) -> bool {
    NAMES.contains(&name)
        || FAMILIES.iter().any(|family| name.starts_with(family))
        || PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::is_of_proxy;

    #[test]
    fn proxies_are_known_by_what_they_add() {
        for name in [
            "forwarded",
            "via",
            "cdn-loop",
            "x-forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-forwarded-client-cert",
            "x-forwarded-anything",
            "http-x-forwarded-for",
            "x-envoy-external-address",
            "x-envoy-original-path",
            "x-original-forwarded-for",
            "x-original-host",
            "x-original-url",
            "x-real-ip",
            "x-real-port",
            "x-client-ip",
            "x-cluster-client-ip",
            "client-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "cf-ray",
            "cf-visitor",
            "cloudfront-viewer-address",
            "fastly-client-ip",
            "fastly-ff",
            "fly-client-ip",
            "fly-forwarded-port",
            "do-connecting-ip",
            "x-nf-client-connection-ip",
            "x-appengine-user-ip",
            "x-azure-clientip",
            "x-vercel-forwarded-for",
            "x-remote-ip",
            "x-remote-addr",
            "proxy-client-ip",
            "wl-proxy-client-ip",
            "incap-client-ip",
            "ali-cdn-real-ip",
            "x-sucuri-clientip",
            "x-proxyuser-ip",
            "x-pomerium-jwt-assertion",
            "tailscale-user-login",
        ] {
            assert!(is_of_proxy(name), "{name}");
        }
    }

    #[test]
    fn clients_are_not_taken_for_proxies() {
        for name in [
            "accept",
            "authorization",
            "content-type",
            "host",
            "origin",
            "user-agent",
            "mcp-session-id",
            "mcp-protocol-version",
            "traceparent",
            "tracestate",
            "x-request-id",
            "x-client-id",
            "x-client-name",
            "x-api-key",
            "x-requested-with",
            "sec-fetch-site",
            "proxy-connection",
            "cfg-version",
            "flyer",
        ] {
            assert!(!is_of_proxy(name), "{name}");
        }
    }
}
