//! HTTP headers as the canonical ABI has them.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Names in lower case, and values.
pub type Headers = Vec<(String, Vec<u8>)>;

/// Reads headers; what is none is left out.
pub fn read(headers: &Headers) -> HeaderMap {
    let header = |(name, value): &(String, Vec<u8>)| {
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?))
    };
    headers.iter().filter_map(header).collect()
}

/// Writes headers.
pub fn write(headers: &HeaderMap) -> Headers {
    headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}
