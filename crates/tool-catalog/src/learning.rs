//! Learning from results that come as JSON text.

use learned_types::Learned;
use serde_json::Value;

/// What is known after some more results: `known` is what this function gave before, taken as nothing when it
/// cannot be read; results that are no JSON are skipped; `now_ms` is the time in milliseconds since 1970.
pub fn learn<'a>(known: Option<&str>, results: impl IntoIterator<Item = &'a str>, now_ms: u64) -> String {
    let mut learned = known.and_then(read).unwrap_or_default();
    for result in results {
        if let Ok(value) = serde_json::from_str::<Value>(result) {
            learned.observe(&value, now_ms);
        }
    }
    learned.to_json()
}

/// What was learned, if it can be read and says something.
pub(crate) fn read(stored: &str) -> Option<Learned> {
    Learned::from_json(stored).ok().filter(|learned| learned.samples() > 0)
}
