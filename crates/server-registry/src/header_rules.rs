use http::HeaderName;

/// Why the client sets a header itself; `None`: the operator may set it.
pub(crate) fn reason_against(name: &HeaderName) -> Option<&'static str> {
    let name = name.as_str();
    match name {
        // RFC 9110, section 7.6.1.
        "connection"
        | "keep-alive"
        | "proxy-authenticate"
        | "proxy-authorization"
        | "proxy-connection"
        | "te"
        | "trailer"
        | "transfer-encoding"
        | "upgrade" => Some("it belongs to a single connection"),
        "host" | "content-length" | "expect" => Some("it follows from the request"),
        "accept" | "accept-encoding" | "content-type" | "content-encoding" => Some("MCP fixes it"),
        "last-event-id" => Some("MCP uses it"),
        _ if name.starts_with("mcp-") => Some("MCP uses it"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_pass_and_protocol_headers_do_not() {
        for name in ["authorization", "x-api-key", "cookie", "user-agent", "accept-language"] {
            assert_eq!(reason_against(&HeaderName::from_static(name)), None, "{name}");
        }
        for name in ["host", "accept", "content-type", "mcp-session-id", "mcp-protocol-version", "te", "connection"] {
            assert!(reason_against(&HeaderName::from_static(name)).is_some(), "{name}");
        }
    }
}
