//! Learning from results that come as JSON text.

use learned_types::{Common, Declared, Learned};
use serde_json::Value;

/// What is known after some more results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// To be stored, and given back as `known`.
    pub text: String,
    /// Whether it says of results what `known` did not.
    pub is_news: bool,
}

/// What is known of a caller's results after some more of them: `known` is what this function gave before, taken as
/// nothing when it cannot be read; results that are no JSON are skipped; `now_ms` is the time in milliseconds since 1970.
pub fn learn<'a>(known: Option<&str>, results: impl IntoIterator<Item = &'a str>, now_ms: u64) -> Lesson {
    let mut learned = known.and_then(read).unwrap_or_default();
    let before = learned.schema();
    for result in results {
        if let Ok(value) = serde_json::from_str::<Value>(result) {
            learned.observe(&value, now_ms);
        }
    }
    Lesson { text: learned.to_json(), is_news: learned.schema() != before }
}

/// What the results of several callers have in common: `callers` is what [`learn`] gave for each, `known` what this
/// function gave before. `None` when it is nothing.
pub fn agree<'a>(known: Option<&str>, callers: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let callers: Vec<Learned> = callers.into_iter().filter_map(read).collect();
    let known = known.and_then(read_common);
    let common = match (Common::of(&callers), known) {
        (Some(mut now), Some(known)) => {
            now.merge(known);
            Some(now)
        }
        (now, known) => now.or(known),
    };
    common.map(|common| common.to_json())
}

/// What is to be declared of a tool's results, of what [`learn`] and [`agree`] gave.
pub(crate) fn declared(own: Option<&str>, common: Option<&str>) -> Option<Declared> {
    Declared::new(own.and_then(read).as_ref(), common.and_then(read_common).as_ref())
}

/// What was learned, if it can be read and says something.
fn read(stored: &str) -> Option<Learned> {
    Learned::from_json(stored).ok().filter(|learned| learned.samples() > 0)
}

fn read_common(stored: &str) -> Option<Common> {
    Common::from_json(stored).ok()
}
