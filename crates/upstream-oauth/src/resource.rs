//! The MCP server as OAuth names it: a resource.

use http::Uri;

/// The canonical URI of an MCP server: scheme and host in lower case, no port that goes without saying, no slash for
/// an empty path (MCP, Authorization, "Canonical Server URI"). The query stays out, since it may hold credentials.
pub(crate) fn canonical(server: &Uri) -> String {
    let path = match server.path() {
        "/" => "",
        path => path,
    };
    format!("{}{path}", origin(server))
}

/// Scheme, host and port of a URL.
pub(crate) fn origin(url: &Uri) -> String {
    let scheme = url.scheme_str().unwrap_or_default();
    let host = url.host().unwrap_or_default().to_ascii_lowercase();
    match url.port_u16().filter(|port| Some(*port) != default_port(scheme)) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// Whether metadata about `named` is about the server: it is the server's URL or a part of it that ends where a segment
/// ends. RFC 9728 (section 3.3) wants them equal; many servers name their origin only, and the SDKs take that.
pub(crate) fn covers(named: &str, server: &Uri) -> bool {
    let Ok(named) = named.parse::<Uri>() else { return false };
    let has_user = named.authority().is_none_or(|authority| authority.as_str().contains('@'));
    if has_user || named.query().is_some_and(|query| Some(query) != server.query()) || origin(&named) != origin(server)
    {
        return false;
    }
    let rest = server.path().strip_prefix(named.path().trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().expect("a URL")
    }

    #[test]
    fn a_server_has_one_name() {
        for (url, name) in [
            ("https://MCP.Example.com/", "https://mcp.example.com"),
            ("https://mcp.example.com:443/mcp?key=1", "https://mcp.example.com/mcp"),
            ("HTTPS://mcp.example.com:8443/Mcp/", "https://mcp.example.com:8443/Mcp/"),
            ("http://localhost:80/mcp", "http://localhost/mcp"),
            ("http://[::1]:9000", "http://[::1]:9000"),
        ] {
            assert_eq!(canonical(&uri(url)), name, "{url}");
        }
    }

    #[test]
    fn metadata_is_about_the_server_or_what_it_is_part_of() {
        let server = uri("https://mcp.example.com/a/mcp?key=1");
        for named in [
            "https://mcp.example.com/a/mcp",
            "https://mcp.example.com/a/mcp?key=1",
            "https://mcp.example.com/a/",
            "https://mcp.example.com",
            "https://MCP.example.com:443/",
        ] {
            assert!(covers(named, &server), "{named}");
        }
        for named in [
            "https://mcp.example.com/a/mcp/more",
            "https://mcp.example.com/a/mc",
            "https://mcp.example.com/A/mcp",
            "https://mcp.example.com/a/mcp?key=2",
            "https://mcp.example.com:8443/a/mcp",
            "http://mcp.example.com/a/mcp",
            "https://user@mcp.example.com/a/mcp",
            "https://example.com/a/mcp",
            "/a/mcp",
            "",
        ] {
            assert!(!covers(named, &server), "{named}");
        }
    }
}
