//! What counts as a credential of a server, and must not come back from it.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::Uri;

/// Parts of names that mean a credential.
const MARKS: [&str; 11] =
    ["auth", "key", "token", "secret", "password", "passwd", "cookie", "session", "credential", "signature", "jwt"];

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether a header or a query parameter of this name carries a credential.
pub(crate) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    MARKS.iter().any(|mark| name.contains(mark))
}

/// The credentials in a header: its value, and what of it is one by itself. None where neither the name nor the value
/// looks like one: hiding the value of `X-MCP-Toolsets: issues` would hide the tool `list_issues`.
pub(crate) fn of_header(name: &str, value: &str) -> Vec<String> {
    if is_sensitive(name) || looks_random(value) { parts(value) } else { Vec::new() }
}

/// A header's value that is a credential whatever its name; what stands behind its scheme, of `Basic` also what that
/// means; and of cookies and other parameters the values that look like credentials.
pub(crate) fn parts(value: &str) -> Vec<String> {
    let mut parts = vec![value.to_string()];
    let pairs = || value.split([';', ',', ' ']).filter_map(|pair| pair.trim().split_once('='));
    let has_pairs = pairs().any(|(name, value)| !name.is_empty() && !value.trim_matches('=').is_empty());
    if let Some((scheme, credential)) = value.split_once(' ').filter(|(scheme, _)| !has_pairs || !scheme.contains('='))
    {
        let credential = credential.trim();
        parts.push(credential.to_string());
        if scheme.eq_ignore_ascii_case("basic") {
            parts.extend(of_basic(credential));
        }
    }
    if has_pairs {
        let pairs = pairs().map(|(name, value)| (name, value.trim_matches('"')));
        let credentials = pairs.filter(|(name, value)| is_sensitive(name) || looks_random(value));
        parts.extend(credentials.map(|(_, value)| value.to_string()));
    }
    parts
}

/// What `Basic` credentials mean (RFC 7617): user and password, and the password alone.
fn of_basic(credential: &str) -> Vec<String> {
    let decoded = BASE64.decode(credential).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let password = decoded.as_deref().and_then(|pair| pair.split_once(':')).map(|(_, password)| password.to_string());
    decoded.into_iter().chain(password).collect()
}

/// Whether a text looks like what a machine made: long, of letters and digits.
fn looks_random(text: &str) -> bool {
    const SHORTEST_BYTES: usize = 16;
    let has = |kind: fn(&u8) -> bool| text.as_bytes().iter().any(kind);
    text.len() >= SHORTEST_BYTES && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

/// The values of query parameters that carry credentials, and the password before the host.
pub(crate) fn of_url(url: &Uri) -> Vec<String> {
    let user = url.authority().and_then(|authority| authority.as_str().rsplit_once('@'));
    let password = user.map(|(user, _)| user.split_once(':').map_or(user, |(_, password)| password).to_string());
    let pairs = url.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let values = pairs.filter(|(name, _)| is_sensitive(name)).map(|(_, value)| value.to_string());
    password.into_iter().chain(values).collect()
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

    #[test]
    fn a_header_has_credentials_in_it() {
        for (value, expected) in [
            ("Bearer abc", &["Bearer abc", "abc"][..]),
            ("Bearer abc==", &["Bearer abc==", "abc=="]),
            ("Basic dXNlcjpwYTpzcw==", &["Basic dXNlcjpwYTpzcw==", "dXNlcjpwYTpzcw==", "user:pa:ss", "pa:ss"]),
            ("basic dXNlcjpwYTpzcw", &["basic dXNlcjpwYTpzcw", "dXNlcjpwYTpzcw", "user:pa:ss", "pa:ss"]),
            ("sid=0123456789abcdef; theme=dark-mode", &["sid=0123456789abcdef; theme=dark-mode", "0123456789abcdef"]),
            ("Token id=me, token=\"abc\"", &["Token id=me, token=\"abc\"", "id=me, token=\"abc\"", "abc"]),
        ] {
            assert_eq!(parts(value), expected, "{value}");
        }
    }

    #[test]
    fn a_url_has_them_in_its_query_and_before_its_host() {
        for (url, expected) in [
            ("https://a.test/?api_key=one&page=2&token=t%2Fwo", &["one", "t%2Fwo"][..]),
            ("https://me:pass@a.test/", &["pass"]),
            ("https://token@a.test/", &["token"]),
            ("https://a.test/@b", &[]),
        ] {
            assert_eq!(of_url(&url.parse().expect(url)), expected, "{url}");
        }
    }
}
