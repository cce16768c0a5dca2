/// Whether arrays and objects nest deeper than `limit` in a JSON text. Says nothing about whether it is JSON.
pub(crate) fn nests_deeper_than(text: &[u8], limit: usize) -> bool {
    let mut depth = 0usize;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    false
}

fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_brackets_outside_of_strings() {
        assert!(!nests_deeper_than(b"[[1], {\"a\": [2]}]", 3));
        assert!(nests_deeper_than(b"[[1], {\"a\": [2]}]", 2));
        assert!(!nests_deeper_than(br#"["[[[[\"[[[["]"#, 1));
        assert!(nests_deeper_than(&b"[".repeat(10), 9));
        assert!(!nests_deeper_than(&b"[".repeat(10), 10));
    }
}
