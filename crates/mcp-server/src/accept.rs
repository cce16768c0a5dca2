//! Media types (MCP transports, "Sending Messages to the Server"; RFC 9110, section 12.5.1).

use http::{HeaderMap, header};

/// Whether the body says that it is JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| essence(value).eq_ignore_ascii_case("application/json"))
}

/// Whether the client reads an answer of one media type. Without `Accept` it reads everything.
pub fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let Some((kind, _)) = media_type.split_once('/') else { return false };
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    values.peek().is_none()
        || values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter(|range| !is_refused(range))
            .map(essence)
            .any(|range| {
                range == "*/*"
                    || range.eq_ignore_ascii_case(media_type)
                    || range.strip_suffix("/*").is_some_and(|prefix| prefix.eq_ignore_ascii_case(kind))
            })
}

fn essence(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

/// A weight of zero means "not acceptable" (RFC 9110, section 12.4.2).
fn is_refused(range: &str) -> bool {
    range.split(';').skip(1).any(|parameter| {
        parameter.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()).is_some_and(|q| q == 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn with(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn reads_accept() {
        for (accept, json, sse) in [
            ("application/json, text/event-stream", true, true),
            ("*/*", true, true),
            ("application/*", true, false),
            ("text/event-stream;q=0.5", false, true),
            ("application/json;q=0, text/event-stream", false, true),
            ("text/html", false, false),
        ] {
            let headers = with(header::ACCEPT, accept);
            assert_eq!(accepts(&headers, "application/json"), json, "{accept}");
            assert_eq!(accepts(&headers, "text/event-stream"), sse, "{accept}");
        }
        assert!(accepts(&HeaderMap::new(), "application/json"));
    }

    #[test]
    fn reads_content_type() {
        assert!(is_json(&with(header::CONTENT_TYPE, "application/json; charset=utf-8")));
        assert!(!is_json(&with(header::CONTENT_TYPE, "text/plain")));
        assert!(!is_json(&HeaderMap::new()));
    }
}
