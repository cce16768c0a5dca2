/// Longest alias, in characters.
const LONGEST: usize = 64;

/// Whether a name can be an alias: a letter or digit, then letters, digits, `_`, `.` and `-`; 64 at most.
pub(crate) fn is_valid(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= LONGEST
        && bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
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
