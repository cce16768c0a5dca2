//! Media types: those that a caller reads (`Accept`, RFC 9110, section 12.5.1), and those of bodies.

mod media_type;

use http::{HeaderMap, header};
pub use media_type::{EVENTS, JSON, media_type, media_type_in};

/// Whether the caller reads an answer of one media type, given in lower case. Without `Accept` it reads everything.
///
/// The most specific range decides, so that a weight for `application/json` stands above one for `*/*`; of two that
/// are equally specific the friendlier one. Parameters other than the weight do not count.
#[must_use]
pub fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return true;
    }
    let best = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| Some((specificity(range, media_type)?, is_wanted(range))))
        .max();
    best.is_some_and(|(_, is_wanted)| is_wanted)
}

/// How closely a range describes a media type; `None`: it does not.
fn specificity(range: &str, media_type: &str) -> Option<u8> {
    let essence = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = media_type.split('/').next().unwrap_or_default();
    match essence.strip_suffix("/*") {
        Some("*") => Some(0),
        Some(prefix) => (prefix == kind).then_some(1),
        None => (essence == media_type).then_some(2),
    }
}

/// A weight of zero means "not acceptable" (RFC 9110, section 12.4.2).
fn is_wanted(range: &str) -> bool {
    !range.split(';').skip(1).any(|parameter| {
        let parameter = parameter.trim().to_ascii_lowercase();
        parameter.strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()).is_some_and(|weight| weight == 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::accepts;
    use http::{HeaderMap, HeaderValue, header};

    #[test]
    fn the_most_specific_range_decides() {
        for (accept, json, events) in [
            ("application/json, text/event-stream", true, true),
            ("APPLICATION/JSON; charset=utf-8", true, false),
            ("*/*", true, true),
            ("application/*", true, false),
            ("text/html, application/*;q=0.1", true, false),
            ("text/event-stream;q=0.5", false, true),
            ("application/json;q=0, text/event-stream", false, true),
            ("application/json;q=0, */*", false, true),
            ("*/*, application/json; Q=0.000", false, true),
            ("*/*;q=0, application/json", true, false),
            ("application/*;q=0, application/json", true, false),
            ("application/json;q=0, application/json", true, false),
            ("text/html", false, false),
            ("", false, false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(accepts(&headers, "application/json"), json, "{accept}");
            assert_eq!(accepts(&headers, "text/event-stream"), events, "{accept}");
        }
        assert!(accepts(&HeaderMap::new(), "application/json"));
    }

    #[test]
    fn headers_of_one_name_are_one_list() {
        let mut headers = HeaderMap::new();
        for accept in ["text/html", "application/json"] {
            headers.append(header::ACCEPT, HeaderValue::from_static(accept));
        }
        assert!(accepts(&headers, "application/json") && !accepts(&headers, "text/event-stream"));
    }
}
