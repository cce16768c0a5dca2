//! Lists come in pages.

use crate::protocol::{percent, query::Query};
use serde::Serialize;
use serde_json::{Value, json};

/// Items of a page when the caller does not say.
pub const DEFAULT_LIMIT: u16 = 50;

/// Items of a page at the most.
pub const MAX_LIMIT: u16 = 200;

/// Bytes of a position.
const MAX_POSITION_BYTES: usize = 512;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Items at the most, 1 to [`MAX_LIMIT`].
    pub limit: u16,
    /// Only what comes after this position, which an earlier page gave as [`Listing::next`].
    ///
    /// Callers can make positions up, and what was at one may be gone: any text is a place in the order.
    pub after: Option<String>,
}

/// A page of a list. The order is the same every time; items that neither come nor go are seen exactly once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// The position of the last item, when there are more; 512 bytes at the most.
    pub next: Option<String>,
}

/// Reads `limit` and `cursor`.
pub(crate) fn read(query: &mut Query) -> Page {
    let limit = query.take_as("limit", "It must be a whole number from 1 to 200.", |text| {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|limit| is_number && (1..=MAX_LIMIT).contains(limit))
    });
    let after = query.take_as("cursor", "It must be the nextCursor of an earlier page, unchanged.", position);
    Page { limit: limit.unwrap_or(DEFAULT_LIMIT), after }
}

/// A page as it is answered.
pub(crate) fn json<T: Serialize>(listing: Listing<T>) -> Value {
    let mut page = json!({"items": listing.items});
    if let Some(position) = listing.next {
        page["nextCursor"] = cursor(&position).into();
    }
    page
}

fn cursor(position: &str) -> String {
    position.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Every even number of digits is a position, so that no cursor of the right form is refused.
fn position(cursor: &str) -> Option<String> {
    let digits: Vec<u8> = cursor.bytes().map(percent::digit).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    let fits =
        (1..=MAX_POSITION_BYTES).contains(&bytes.len()) && rest.is_empty() && !cursor.contains(char::is_uppercase);
    fits.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_lead_back_to_their_position() {
        for at in ["github", "2026-01-01/é/x", "\0"] {
            assert_eq!(position(&cursor(at)).as_deref(), Some(at));
        }
        for foreign in ["", "a", "xy", "6G", "AB", &"00".repeat(MAX_POSITION_BYTES + 1)] {
            assert_eq!(position(foreign), None, "{foreign}");
        }
        assert!(position("ff").is_some());
    }
}
