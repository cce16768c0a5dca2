/// Why the gateway sets a header of its requests to servers itself; `None`: the operator may set it. The name is in lower
/// case.
pub fn reason_against_header(name: &str) -> Option<&'static str> {
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
            assert_eq!(reason_against_header(name), None, "{name}");
        }
        for name in ["host", "accept", "content-type", "mcp-session-id", "mcp-protocol-version", "te", "connection"] {
            assert!(reason_against_header(name).is_some(), "{name}");
        }
    }
}
