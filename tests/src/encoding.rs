//! Encodings that tests write, and undo.

/// Bytes in base64.
pub fn base64(bytes: &[u8]) -> String {
    let groups = bytes.chunks(3).map(|group| {
        let bits = (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(group.get(at).copied().unwrap_or(0)));
        let character = |at: usize| match at <= group.len() {
            true => char::from(ALPHABET[bits >> (18 - 6 * at) & 63]),
            false => '=',
        };
        (0..4).map(character).collect::<String>()
    });
    groups.collect()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What characters of base64, of either alphabet, mean.
pub fn base64_meaning(characters: &[u8]) -> Vec<u8> {
    let value = |character: &u8| match character {
        b'-' => Some(62),
        b'_' => Some(63),
        other => ALPHABET.iter().position(|known| known == other),
    };
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_usize, 0);
    for value in characters.iter().filter_map(value) {
        (bits, count) = ((bits << 6 | value) & 0xffff, count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text percent-encoded, but for letters, digits and the characters that are kept.
pub fn percent(text: &str, kept: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte.is_ascii_alphanumeric() || kept.contains(char::from(byte)) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}
