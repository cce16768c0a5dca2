//! What a 401 says about where tokens come from (RFC 9728, section 5.1; RFC 9110, section 11.6.1).

use http::{HeaderMap, Uri, header};

/// The URL of the server's metadata that a `Bearer` challenge names.
pub(crate) fn resource_metadata(headers: &HeaderMap) -> Option<Uri> {
    let values = headers.get_all(header::WWW_AUTHENTICATE).iter();
    values.filter_map(|value| value.to_str().ok()).find_map(parameter)?.parse().ok()
}

/// The value of `resource_metadata` among the challenges of one header.
fn parameter(text: &str) -> Option<String> {
    let mut rest = text;
    let mut is_bearer = false;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (name, after) = token(rest);
        if name.is_empty() {
            // Nothing that the grammar has here: go on behind the next comma.
            rest = &rest[rest.find(',')?..];
            continue;
        }
        let Some(value) = after.trim_start_matches([' ', '\t']).strip_prefix('=') else {
            is_bearer = name.eq_ignore_ascii_case("bearer");
            rest = after;
            continue;
        };
        let (value, after) = value_of(value.trim_start_matches([' ', '\t']))?;
        if is_bearer && name.eq_ignore_ascii_case("resource_metadata") {
            return Some(value);
        }
        rest = after;
    }
}

fn token(text: &str) -> (&str, &str) {
    let is_token = |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character);
    text.split_at(text.find(|character| !is_token(character)).unwrap_or(text.len()))
}

/// A token or a quoted string; `None`: the quotes do not end.
fn value_of(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = token(text);
        // The end of a `token68`, which only other schemes have.
        return Some((value.to_string(), rest.trim_start_matches('=')));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            character => value.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn found(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
        }
        resource_metadata(&headers).map(|url| url.to_string())
    }

    #[test]
    fn it_is_found_among_other_parameters_and_challenges() {
        for value in [
            r#"Bearer resource_metadata="https://a.test/m""#,
            r#"bearer realm="a, b=\"c\"", Resource_Metadata = "https://a.test/m", error=invalid_token"#,
            r#"Negotiate YWJj==, Basic realm="x", Bearer scope="a b",resource_metadata="https://a.test/m""#,
            r#"Bearer, , Bearer error="x" , resource_metadata="https:\//a.test/m""#,
            r#"Digest a/b, Bearer resource_metadata="https://a.test/m""#,
        ] {
            assert_eq!(found(&[value]).as_deref(), Some("https://a.test/m"), "{value}");
        }
        let values = ["Basic realm=x", r#"Bearer resource_metadata="https://a.test/m""#];
        assert_eq!(found(&values).as_deref(), Some("https://a.test/m"));
    }

    #[test]
    fn nothing_is_found_elsewhere() {
        for value in [
            "",
            "Bearer",
            r#"Basic resource_metadata="https://a.test/m""#,
            r#"Bearer realm="resource_metadata=https://a.test/m""#,
            r#"Bearer x="y", Basic resource_metadata="https://a.test/m""#,
            r#"Bearer resource_metadata="https://a.test/m"#,
            r#"Bearer resource_metadata="not a URL""#,
            r#"Bearer resource_metadata=""#,
            "=,=,==",
            r#"Bearer realm="\"#,
        ] {
            assert_eq!(found(&[value]), None, "{value}");
        }
        assert_eq!(found(&[]), None);
    }
}
