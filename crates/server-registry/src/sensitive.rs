use http::Uri;

/// Parts of names that mean a credential.
const MARKS: [&str; 8] = ["auth", "key", "token", "secret", "password", "cookie", "session", "credential"];

/// Whether a header or a query parameter of this name carries a credential.
pub(crate) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    MARKS.iter().any(|mark| name.contains(mark))
}

/// A header's value, and what stands behind a scheme such as `Bearer`.
pub(crate) fn of_header(value: &str) -> Vec<String> {
    let behind_scheme = value.split_once(' ').map(|(_, credential)| credential.trim().to_string());
    std::iter::once(value.to_string()).chain(behind_scheme).collect()
}

/// The values of query parameters that carry credentials.
pub(crate) fn of_url(url: &Uri) -> Vec<String> {
    let pairs = url.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| is_sensitive(name)).map(|(_, value)| value.to_string()).collect()
}
