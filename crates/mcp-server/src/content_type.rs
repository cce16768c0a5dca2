//! The media type of a body (MCP transports, "Sending Messages to the Server").

use content_negotiation::{JSON, media_type_in};
use http::{HeaderMap, HeaderValue, header};

/// Whether the body says that it is JSON, as it is: JSON is UTF-8 (RFC 8259, section 8.1), and whoever reads other
/// characters in it, or unpacks it, reads another message.
pub fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(Ok(only)), None) = (types.next().map(HeaderValue::to_str), types.next()) else { return false };
    let is_utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    let mut packings = headers.get_all(header::CONTENT_ENCODING).iter();
    media_type_in(only) == JSON
        && only.split(';').skip(1).all(is_utf8)
        && packings.all(|packing| packing.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn reads_content_type() {
        for json in [
            "application/json",
            "Application/JSON ; Charset=\"UTF-8\"",
            "application/json;charset=utf-8;x=y",
            "application/json;",
        ] {
            assert!(is_json(&with(header::CONTENT_TYPE, json)), "{json}");
        }
        for other in [
            "text/plain",
            "application/json; charset=utf-7",
            "application/json; charset=utf-8; charset=utf-7",
            "application/json;x=1;CHARSET = \"utf-16le\"",
            "application/json; charset=",
            "application/json, text/plain",
        ] {
            assert!(!is_json(&with(header::CONTENT_TYPE, other)), "{other}");
        }
        assert!(!is_json(&HeaderMap::new()));
        let json = HeaderValue::from_static("application/json");
        let mut twice = with(header::CONTENT_TYPE, "application/json");
        twice.append(header::CONTENT_TYPE, json.clone());
        assert!(!is_json(&twice));
        for (packing, counts) in [("identity", true), ("gzip", false), ("deflate", false)] {
            let mut packed = with(header::CONTENT_ENCODING, packing);
            packed.insert(header::CONTENT_TYPE, json.clone());
            assert_eq!(is_json(&packed), counts, "{packing}");
        }
    }
}
