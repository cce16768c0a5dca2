//! Where metadata is found.

use http::Uri;

/// Where an MCP server's metadata may be: its path inserted, then the root (RFC 9728, section 3.1; MCP, Authorization).
pub(crate) fn of_resource(server: &Uri) -> Vec<Uri> {
    const NAME: &str = "/.well-known/oauth-protected-resource";
    let path = server.path().trim_end_matches('/');
    distinct(server, [format!("{NAME}{path}"), NAME.to_string()])
}

/// Where an authorization server's metadata may be: as OAuth has it (RFC 8414, section 3.1), as OpenID Connect with the
/// path inserted (RFC 8414, section 5), and as OpenID Connect with the path before it.
pub(crate) fn of_issuer(issuer: &Uri) -> Vec<Uri> {
    const OAUTH: &str = "/.well-known/oauth-authorization-server";
    const OPENID: &str = "/.well-known/openid-configuration";
    let path = issuer.path().trim_end_matches('/');
    distinct(issuer, [format!("{OAUTH}{path}"), format!("{OPENID}{path}"), format!("{path}{OPENID}")])
}

/// URLs on the same host; paths too long for a URL are left out.
fn distinct<const N: usize>(base: &Uri, paths: [String; N]) -> Vec<Uri> {
    let mut urls: Vec<Uri> = Vec::new();
    for path in paths {
        let mut parts = base.clone().into_parts();
        parts.path_and_query = path.parse().ok();
        match Uri::from_parts(parts) {
            Ok(url) if !urls.contains(&url) => urls.push(url),
            _ => {}
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(urls: Vec<Uri>) -> Vec<String> {
        urls.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn paths_are_inserted_before_they_are_left_out() {
        let of_resource = |url: &'static str| texts(of_resource(&Uri::from_static(url)));
        assert_eq!(
            of_resource("https://a.example/x/mcp/?key=1"),
            [
                "https://a.example/.well-known/oauth-protected-resource/x/mcp",
                "https://a.example/.well-known/oauth-protected-resource"
            ]
        );
        assert_eq!(
            of_resource("https://a.example:8443/"),
            ["https://a.example:8443/.well-known/oauth-protected-resource"]
        );
    }

    #[test]
    fn oauth_comes_before_openid() {
        let of_issuer = |url: &'static str| texts(of_issuer(&Uri::from_static(url)));
        assert_eq!(
            of_issuer("https://a.example/tenant/"),
            [
                "https://a.example/.well-known/oauth-authorization-server/tenant",
                "https://a.example/.well-known/openid-configuration/tenant",
                "https://a.example/tenant/.well-known/openid-configuration"
            ]
        );
        assert_eq!(
            of_issuer("https://a.example"),
            [
                "https://a.example/.well-known/oauth-authorization-server",
                "https://a.example/.well-known/openid-configuration"
            ]
        );
    }
}
