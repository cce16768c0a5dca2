use http::{HeaderMap, Uri};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Tells one way to reach a server from another (URL, headers and what signs in, credentials included) without
/// holding it.
pub(crate) fn of_target(url: &Uri, headers: &HeaderMap, sign_in: &[&str]) -> String {
    let mut hash = Sha256::new();
    part(&mut hash, url.to_string().as_bytes());
    let mut lines: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    lines.sort_unstable();
    for (name, value) in lines {
        part(&mut hash, name.as_bytes());
        part(&mut hash, value);
    }
    for text in sign_in {
        part(&mut hash, text.as_bytes());
    }
    hexadecimal(hash)
}

/// Differs whenever the text differs.
pub(crate) fn of_text(text: &[u8]) -> String {
    hexadecimal(Sha256::new().chain_update(text))
}

/// A number below 2^53 that differs, but for chance, whenever the text differs.
pub(crate) fn number_of(text: &str) -> u64 {
    let hash = Sha256::digest(text);
    hash.iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Lengths keep parts apart.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

/// The first 128 bits.
fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all");
        text
    })
}
