//! References between URIs (RFC 3986), as far as schemas need them.

/// Bytes of an URI; nothing is found under a longer one.
const LONGEST_BYTES: usize = 2_048;

/// An URI and its fragment.
pub(super) fn split_fragment(uri: &str) -> (&str, &str) {
    uri.split_once('#').unwrap_or((uri, ""))
}

/// A reference without fragment, resolved against a base (RFC 3986 5.2); `None` when it is too long.
pub(super) fn resolved(base: &str, reference: &str) -> Option<String> {
    let (scheme, authority, path) = parts(base);
    let resolved = if reference.is_empty() {
        base.to_string()
    } else if !parts(reference).0.is_empty() {
        reference.to_string()
    } else if reference.starts_with("//") {
        format!("{scheme}{reference}")
    } else {
        let (reference, query) = match reference.find('?') {
            Some(at) => reference.split_at(at),
            None => (reference, ""),
        };
        let path = path.split('?').next().unwrap_or_default();
        let path = if reference.starts_with('/') {
            without_dots(reference)
        } else if reference.is_empty() {
            path.to_string()
        } else {
            let folder = path.rfind('/').map_or(if authority.is_empty() { "" } else { "/" }, |end| &path[..=end]);
            without_dots(&format!("{folder}{reference}"))
        };
        format!("{scheme}{authority}{path}{query}")
    };
    (resolved.len() <= LONGEST_BYTES).then_some(resolved)
}

/// `https:`, `//host`, `/path?query`; what is not there is empty.
fn parts(uri: &str) -> (&str, &str, &str) {
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let scheme = match uri.find(':') {
        Some(end)
            if uri.starts_with(|first: char| first.is_ascii_alphabetic()) && uri[..end].bytes().all(in_scheme) =>
        {
            end + 1
        }
        _ => 0,
    };
    let (scheme, rest) = uri.split_at(scheme);
    let authority = match rest.strip_prefix("//") {
        Some(host) => 2 + host.find(['/', '?']).unwrap_or(host.len()),
        None => 0,
    };
    let (authority, path) = rest.split_at(authority);
    (scheme, authority, path)
}

/// RFC 3986 5.2.4
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let (rooted, relative) = path.strip_prefix('/').map_or((false, path), |relative| (true, relative));
    let mut segments = relative.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("{}{}", if rooted { "/" } else { "" }, kept.join("/"))
}

/// `%41` is `A`; what is no such escape stays.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => bytes.push((high * 16 + low) as u8),
            None => bytes.push(*first),
        }
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_in_rfc_3986() {
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("", "http://a/b/c/d?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
        ] {
            assert_eq!(resolved("http://a/b/c/d?q", reference).as_deref(), Some(expected), "{reference}");
        }
        assert_eq!(resolved("http://a", "g").as_deref(), Some("http://a/g"));
        assert_eq!(resolved("", "a.json").as_deref(), Some("a.json"));
        assert_eq!(resolved("urn:x:y", "").as_deref(), Some("urn:x:y"));
        assert_eq!(resolved("http://a/", &"x".repeat(LONGEST_BYTES)), None);
    }

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(percent_decoded("a%22%zz%C3%A9%"), "a\"%zzé%");
    }
}
