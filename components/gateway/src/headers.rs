//! Headers as they cross the border between components.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Writes headers down.
pub fn write(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

/// Reads headers, without those that HTTP does not have.
pub fn read(headers: &[(String, Vec<u8>)]) -> HeaderMap {
    let read = |(name, value): &(String, Vec<u8>)| {
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?))
    };
    headers.iter().filter_map(read).collect()
}
