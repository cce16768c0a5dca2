//! What counts as a credential of a server, and must not come back from it.

use http::Uri;

/// Parts of names that mean a credential.
const MARKS: [&str; 8] = ["auth", "key", "token", "secret", "password", "cookie", "session", "credential"];

/// Whether a header or a query parameter of this name carries a credential.
pub(crate) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    MARKS.iter().any(|mark| name.contains(mark))
}

/// The credentials in a header: its value, and what stands behind a scheme such as `Bearer`. None where neither the name
/// nor the value looks like one: hiding the value of `X-MCP-Toolsets: issues` would hide the tool `list_issues`.
pub(crate) fn of_header(name: &str, value: &str) -> Vec<String> {
    if is_sensitive(name) || looks_random(value) { parts(value) } else { Vec::new() }
}

/// A header's value that is a credential whatever its name, and what stands behind its scheme.
pub(crate) fn parts(value: &str) -> Vec<String> {
    let behind_scheme = value.split_once(' ').map(|(_, credential)| credential.trim().to_string());
    std::iter::once(value.to_string()).chain(behind_scheme).collect()
}

/// Whether a text looks like what a machine made: long, of letters and digits.
fn looks_random(text: &str) -> bool {
    const SHORTEST_BYTES: usize = 16;
    let has = |kind: fn(&u8) -> bool| text.as_bytes().iter().any(kind);
    text.len() >= SHORTEST_BYTES && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

/// The values of query parameters that carry credentials.
pub(crate) fn of_url(url: &Uri) -> Vec<String> {
    let pairs = url.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| is_sensitive(name)).map(|(_, value)| value.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_credential_by_its_name_or_by_its_looks() {
        for (name, value) in
            [("x-api-key", "issues"), ("x-own", "planted-header-value/21+y="), ("x-id", "Key 0123456789abcdef")]
        {
            assert!(of_header(name, value).contains(&value.to_string()), "{name}: {value}");
        }
        for (name, value) in
            [("x-mcp-toolsets", "issues,pull_requests"), ("x-api-version", "2022-11-28"), ("x-mode", "result")]
        {
            assert_eq!(of_header(name, value), Vec::<String>::new(), "{name}: {value}");
        }
        assert_eq!(of_header("authorization", "Bearer abc"), ["Bearer abc", "abc"]);
    }
}
