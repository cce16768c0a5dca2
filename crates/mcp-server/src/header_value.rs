//! Values of mirrored headers (MCP 2026-07-28, "Value Encoding").

use base64::{Engine, engine::general_purpose::STANDARD};

/// The value that a header stands for: `=?base64?…?=` is decoded, anything else is taken as it is.
/// `None`: the encoding is broken.
pub fn decode(value: &str) -> Option<String> {
    let Some(encoded) = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) else {
        return Some(value.to_string());
    };
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_what_is_encoded_and_nothing_else() {
        assert_eq!(decode("read_file").as_deref(), Some("read_file"));
        assert_eq!(decode("=?base64?Z3LDtsOfZQ==?=").as_deref(), Some("größe"));
        assert_eq!(decode("=?base64?**?="), None);
        assert_eq!(decode("=?base64?/w==?="), None);
    }
}
