use std::collections::BTreeMap;

/// Credentials by name.
pub(crate) type SecretValues = BTreeMap<String, String>;

/// A text with its placeholders replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Filled {
    pub text: String,
    /// The secrets that were put in. A default is none: it stands in the text like anything else.
    pub used: Vec<String>,
}

/// Why a placeholder cannot be replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlaceholderError {
    #[error("needs the secret \"{name}\", which the variable \"secrets\" does not have")]
    Missing { name: String },
    #[error("has \"${{\" without a name and \"}}\" after it: a placeholder is ${{NAME}} or ${{NAME:-default}}")]
    Malformed,
}

/// Replaces each `${NAME}` by the secret of that name. Where there is none, or an empty one, `${NAME:-default}` is the
/// default (POSIX, "Parameter Expansion"), which goes up to the next brace and is taken as it is. A dollar sign without a
/// brace stays.
pub(crate) fn fill(text: &str, secrets: &SecretValues) -> Result<Filled, PlaceholderError> {
    let mut filled = Filled { text: String::with_capacity(text.len()), used: Vec::new() };
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        filled.text.push_str(&rest[..start]);
        let (placeholder, after) = rest[start + 2..].split_once('}').ok_or(PlaceholderError::Malformed)?;
        let (name, default) = match placeholder.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (placeholder, None),
        };
        if !is_name(name) {
            return Err(PlaceholderError::Malformed);
        }
        let given = secrets.get(name).map(String::as_str);
        match (given.filter(|value| default.is_none() || !value.is_empty()), default) {
            (Some(value), _) => {
                filled.text.push_str(value);
                filled.used.push(value.to_string());
            }
            (None, Some(default)) => filled.text.push_str(default),
            (None, None) => return Err(PlaceholderError::Missing { name: name.to_string() }),
        }
        rest = after;
    }
    filled.text.push_str(rest);
    Ok(filled)
}

/// Like an environment variable: letters, digits and `_`, no digit first.
fn is_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> SecretValues {
        BTreeMap::from([("A".to_string(), "one".to_string()), ("B_2".to_string(), "${A}".to_string())])
    }

    #[test]
    fn names_are_replaced_once() {
        let filled = fill("x ${A} ${B_2}$ $A", &secrets()).expect("both are there");
        assert_eq!(filled.text, "x one ${A}$ $A");
        assert_eq!(filled.used, ["one", "${A}"]);
    }

    #[test]
    fn a_default_stands_in_for_what_is_missing_or_empty() {
        let mut secrets = secrets();
        secrets.insert("EMPTY".to_string(), String::new());
        for (text, expected) in [
            ("${A:-other}", "one"),
            ("${TOKEN:-other}", "other"),
            ("${EMPTY:-other}", "other"),
            ("x${TOKEN:-}y", "xy"),
            ("${HOST:-https://a.test:8080/-x}/mcp", "https://a.test:8080/-x/mcp"),
            ("${TOKEN:-a:-b}", "a:-b"),
            ("${TOKEN:-${A}", "${A"),
            ("${TOKEN:-$A}${A}", "$Aone"),
        ] {
            assert_eq!(fill(text, &secrets).expect(text).text, expected, "{text}");
        }
        assert_eq!(fill("${TOKEN:-other} ${A:-x}", &secrets).expect("both").used, ["one"]);
    }

    #[test]
    fn a_missing_one_is_named() {
        let missing = PlaceholderError::Missing { name: "TOKEN".to_string() };
        assert_eq!(fill("${A}${TOKEN}", &secrets()), Err(missing));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["${", "${A", "${}", "${1}", "${env:A}", "${A B}", "${A:b}", "${:-b}", "${1:-b}", "${A:-b"] {
            assert_eq!(fill(text, &secrets()), Err(PlaceholderError::Malformed), "{text}");
        }
    }
}
