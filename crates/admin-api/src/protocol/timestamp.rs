//! Times in answers (RFC 3339, in UTC).

use serde::Serializer;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Writes milliseconds since 1970, where they are known and before the year 10000.
#[expect(clippy::ref_option, reason = "serde calls it with a reference")]
pub(crate) fn optional<S: Serializer>(at_ms: &Option<u64>, to: S) -> Result<S::Ok, S::Error> {
    match at_ms.and_then(written) {
        Some(text) => to.serialize_str(&text),
        None => to.serialize_none(),
    }
}

fn written(at_ms: u64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at_ms) * 1_000_000).ok()?;
    moment.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(written(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(written(1_709_210_096_789).as_deref(), Some("2024-02-29T12:34:56.789Z"));
        assert_eq!(written(u64::MAX), None);
    }
}
