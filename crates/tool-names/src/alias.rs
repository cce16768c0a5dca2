//! The names that operators and agents give to servers.

/// Longest alias, in characters.
pub const MAX_CHARS: usize = 64;

/// What an alias is, in a sentence for the one who gave another name.
pub const EXPECTED: &str =
    "An alias is 1 to 64 letters, digits, \"_\", \".\" or \"-\", beginning with a letter or a digit.";

/// The same as a regular expression of JSON Schema.
pub const PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";

/// Whether a name can be an alias.
pub fn is_valid(name: &str) -> bool {
    name.len() <= MAX_CHARS
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn letters_digits_and_three_signs() {
        for name in ["a", "7", "my-srv", "a.b_c", &"x".repeat(64)] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["", "-a", ".a", "_a", "a b", "ä", "a/b", "a\n", &"x".repeat(65)] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
