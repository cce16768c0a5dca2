//! Percent-encoding in paths and queries (RFC 3986, section 2.1).

/// The text behind an encoded one; `None` when it is not UTF-8. A `%` without two digits stands for itself.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let decoded = match (first, after) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

/// The value of a hexadecimal digit.
pub(crate) fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_utf_8_and_leaves_the_rest() {
        for (encoded, text) in [
            ("a%2Fb", Some("a/b")),
            ("%C3%A9", Some("é")),
            ("%ff", None),
            ("100%", Some("100%")),
            ("%zz%4", Some("%zz%4")),
        ] {
            assert_eq!(decode(encoded).as_deref(), text, "{encoded}");
        }
    }
}
