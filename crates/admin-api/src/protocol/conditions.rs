//! Conditional requests (RFC 9110, section 13).

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Which state of a record it is. A record that was deleted and made again has another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// Grows with every change.
    pub version: u64,
    /// When the record was made, in milliseconds since 1970; 0 when that is not known.
    pub created_at_ms: u64,
}

impl Revision {
    /// A strong validator (RFC 9110, section 8.8.3).
    fn tag(self) -> String {
        format!("\"{}-{:x}\"", self.version, self.created_at_ms)
    }

    pub(crate) fn etag(self) -> HeaderValue {
        HeaderValue::from_str(&self.tag()).expect("digits, letters, a dash and quotes are a header value")
    }
}

/// What must hold for the record at the moment at which it is changed: `If-Match` and `If-None-Match`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precondition {
    matches: Option<Tags>,
    matches_none: Option<Tags>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    /// `*`: any state, so that the record must exist.
    Any,
    Listed(Vec<String>),
}

impl Precondition {
    /// The record must not exist.
    #[must_use]
    pub fn absent() -> Self {
        Self { matches: None, matches_none: Some(Tags::Any) }
    }

    /// The record must be in this state.
    #[must_use]
    pub fn unchanged(revision: Revision) -> Self {
        Self { matches: Some(Tags::Listed(vec![revision.tag()])), matches_none: None }
    }

    /// Reads the headers of a request. A tag that cannot be read matches nothing.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        Self { matches: tags(headers, header::IF_MATCH), matches_none: tags(headers, header::IF_NONE_MATCH) }
    }

    /// Whether the record may be changed; `None`: there is none yet. Without conditions it always may.
    #[must_use]
    pub fn holds(&self, current: Option<Revision>) -> bool {
        let meets = |tags: &Tags| match (tags, current) {
            (_, None) => false,
            (Tags::Any, Some(_)) => true,
            (Tags::Listed(tags), Some(revision)) => tags.contains(&revision.tag()),
        };
        self.matches.as_ref().is_none_or(meets) && !self.matches_none.as_ref().is_some_and(meets)
    }
}

/// Whether the caller has this state already (304). The comparison is weak (RFC 9110, section 13.1.2).
pub(crate) fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    match tags(headers, header::IF_NONE_MATCH) {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::Listed(tags)) => {
            tags.iter().any(|tag| tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
        }
    }
}

fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Tags> {
    let mut values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).peekable();
    values.peek()?;
    let mut listed = Vec::new();
    for value in values {
        if value.trim() == "*" {
            return Some(Tags::Any);
        }
        // Own tags have no comma, so one that is cut in two matches as little as a whole one.
        listed.extend(value.split(',').map(|tag| tag.trim().to_string()));
    }
    Some(Tags::Listed(listed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: Revision = Revision { version: 3, created_at_ms: 255 };

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn writing_compares_strongly() {
        for (value, on_stored, on_nothing) in [
            ("\"3-ff\"", true, false),
            ("\"2-ff\", \"3-ff\"", true, false),
            ("*", true, false),
            ("W/\"3-ff\"", false, false),
            ("\"3-fe\"", false, false),
            ("3-ff", false, false),
            ("", false, false),
        ] {
            let condition = Precondition::read(&with(header::IF_MATCH, value));
            assert_eq!(condition.holds(Some(STORED)), on_stored, "{value}");
            assert_eq!(condition.holds(None), on_nothing, "{value}");
        }
        let create_only = Precondition::read(&with(header::IF_NONE_MATCH, "*"));
        assert_eq!(create_only, Precondition::absent());
        assert!(create_only.holds(None) && !create_only.holds(Some(STORED)));
        assert!(Precondition::unchanged(STORED).holds(Some(STORED)));
        assert!(Precondition::default().holds(None) && Precondition::default().holds(Some(STORED)));
    }

    #[test]
    fn reading_compares_weakly() {
        for (value, known) in [("\"3-ff\"", true), ("W/\"3-ff\"", true), ("\"1-ff\"", false), ("*", true)] {
            assert_eq!(is_known(&with(header::IF_NONE_MATCH, value), &STORED.etag()), known, "{value}");
        }
        assert!(!is_known(&HeaderMap::new(), &STORED.etag()));
    }
}
