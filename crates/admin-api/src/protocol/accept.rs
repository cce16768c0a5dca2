//! Media types that the caller reads (RFC 9110, section 12.5.1).

use crate::{Problem, ProblemKind};
use http::{HeaderMap, header};

/// Refuses a caller that reads no JSON (406).
pub(crate) fn check(headers: &HeaderMap) -> Result<(), Problem> {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    // The most specific range decides: a weight for `application/json` stands above one for `*/*`.
    let best = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| Some((specificity(range)?, is_wanted(range))))
        .max_by_key(|(specificity, wanted)| (*specificity, *wanted));
    match best {
        Some((_, true)) => Ok(()),
        _ => Err(Problem::new(
            ProblemKind::NotAcceptable,
            "Everything here is application/json, and errors are application/problem+json: send \"Accept: application/json\", or no Accept.",
        )),
    }
}

/// How closely a range describes `application/json`; `None`: it does not.
fn specificity(range: &str) -> Option<u8> {
    let essence = range.split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/json" => Some(2),
        "application/*" => Some(1),
        "*/*" => Some(0),
        _ => None,
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
    use super::*;
    use http::HeaderValue;

    #[test]
    fn json_must_be_among_what_is_read() {
        for (accept, accepted) in [
            ("application/json", true),
            ("APPLICATION/JSON; charset=utf-8", true),
            ("text/html, application/*;q=0.1", true),
            ("*/*", true),
            ("application/json;q=0, */*", false),
            ("*/*;q=0, application/json", true),
            ("text/html", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(check(&headers).is_ok(), accepted, "{accept}");
        }
        assert!(check(&HeaderMap::new()).is_ok());
    }
}
