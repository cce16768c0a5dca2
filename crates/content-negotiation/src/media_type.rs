//! `Content-Type` (RFC 9110, section 8.3.1).

use http::{HeaderMap, header};

/// The media type of JSON.
pub const JSON: &str = "application/json";

/// The media type of server-sent events.
pub const EVENTS: &str = "text/event-stream";

/// The media type of a body, in lower case and without its parameters; `None` where none is given that is text.
#[must_use]
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok().map(media_type_in)
}

/// The same of a header's value.
#[must_use]
pub fn media_type_in(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn neither_case_nor_parameters_count() {
        for value in [
            "text/event-stream",
            "Text/Event-Stream",
            "TEXT/EVENT-STREAM;charset=utf-8",
            "text/event-stream ; x=\"y\"",
            "\ttext/event-stream;",
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]);
            assert_eq!(media_type(&headers).as_deref(), Some(EVENTS), "{value}");
        }
        for value in ["text/event-streams", "text/event", "text/event-stream, application/json", ""] {
            assert_ne!(media_type_in(value), EVENTS, "{value}");
        }
        assert_eq!(media_type(&HeaderMap::new()), None);
        let no_text = HeaderValue::from_bytes(b"text/event-stream; x=\xff").expect("a value");
        assert_eq!(media_type(&HeaderMap::from_iter([(header::CONTENT_TYPE, no_text)])), None);
    }
}
