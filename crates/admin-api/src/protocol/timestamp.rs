//! Times in answers (RFC 3339, in UTC).

use serde::Serializer;

/// Writes milliseconds since 1970, where they are known.
#[expect(clippy::ref_option, reason = "serde calls it with a reference")]
pub(crate) fn optional<S: Serializer>(at_ms: &Option<u64>, to: S) -> Result<S::Ok, S::Error> {
    match at_ms {
        Some(at_ms) => to.serialize_str(&date_time::write(*at_ms)),
        None => to.serialize_none(),
    }
}
