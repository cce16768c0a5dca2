//! The forms in which a credential comes out.

use crate::spelling::{Kinds, Speller, Text};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use std::collections::BTreeMap;

/// Bytes of a form that is looked for: a shorter one would blot out ordinary words.
pub(crate) const SHORTEST_BYTES: usize = 6;

/// Bytes of a credential that are looked for; headers are shorter.
pub(crate) const LONGEST_BYTES: usize = 16 << 10;

/// Adds the forms of a credential, each with whether it is base64.
pub(crate) fn add(credential: &str, forms: &mut BTreeMap<Vec<u8>, bool>) {
    let credential = &credential.as_bytes()[..credential.len().min(LONGEST_BYTES)];
    for plain in plain_forms(credential) {
        if plain.len() < SHORTEST_BYTES {
            continue;
        }
        for packed in [plain.clone(), percent_encoded(&plain, b"*-._"), percent_encoded(&plain, b"-._~"), json(&plain)]
        {
            for before in 0..3 {
                let encoded = base64(&packed, before);
                let for_urls = encoded.iter().map(|byte| match byte {
                    b'+' => b'-',
                    b'/' => b'_',
                    other => *other,
                });
                forms.insert(for_urls.collect(), true);
                forms.insert(encoded, true);
            }
        }
        forms.insert(hex(&plain, b"0123456789abcdef"), false);
        forms.insert(hex(&plain, b"0123456789ABCDEF"), false);
        forms.insert(plain, false);
    }
}

/// The credential as it is, and, where it is itself an escaped text such as the value in a query, what it means.
fn plain_forms(credential: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![credential.to_vec()];
    for spaced in [false, true] {
        let mut text = credential.to_vec();
        if spaced {
            text.iter_mut().filter(|byte| **byte == b'+').for_each(|byte| *byte = b' ');
        }
        for _ in 0..2 {
            text = unescaped(&text);
            if !forms.contains(&text) {
                forms.push(text.clone());
            }
        }
    }
    forms
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut speller, source) = (Speller::default(), Text { bytes: text, is_whole: true });
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Ok(unit) = speller.read(Kinds::All, 1, source, at) {
        bytes.extend_from_slice(unit.bytes());
        at += usize::from(unit.length);
    }
    bytes
}

/// What all base64 has in common that holds these bytes behind so many others (modulo 3): not the characters at either
/// end that depend on neighbours.
fn base64(bytes: &[u8], before: usize) -> Vec<u8> {
    let encoded = STANDARD_NO_PAD.encode([&[0; 2][..before], bytes].concat());
    let first = before + usize::from(before > 0);
    encoded.as_bytes()[first..(before + bytes.len()) * 8 / 6].to_vec()
}

fn hex(bytes: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]).collect()
}

fn percent_encoded(bytes: &[u8], kept: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            byte if byte.is_ascii_alphanumeric() || kept.contains(byte) => encoded.push(*byte),
            // As forms have it.
            b' ' if kept.contains(&b'*') => encoded.push(b'+'),
            byte => {
                encoded.push(b'%');
                encoded.extend(hex(&[*byte], b"0123456789ABCDEF"));
            }
        }
    }
    encoded
}

fn json(bytes: &[u8]) -> Vec<u8> {
    let text = serde_json::Value::from(String::from_utf8_lossy(bytes)).to_string();
    text.as_bytes()[1..text.len() - 1].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms_of(credential: &str) -> Vec<String> {
        let mut forms = BTreeMap::new();
        add(credential, &mut forms);
        forms.into_keys().map(|form| String::from_utf8(form).expect("text")).collect()
    }

    #[test]
    fn base64_is_found_at_every_alignment() {
        let forms = forms_of("s3cret/?>v");
        for before in 0..5 {
            for after in 0..4 {
                let text = ["x".repeat(before).as_str(), "s3cret/?>v", &"y".repeat(after)].concat();
                let encoded = STANDARD_NO_PAD.encode(&text);
                assert!(forms.iter().any(|form| encoded.contains(form)), "{before} {after}");
            }
        }
        assert!(forms.iter().any(|form| form.contains('_')), "for URLs, too: {forms:?}");
    }

    #[test]
    fn an_escaped_credential_is_looked_for_unescaped_as_well() {
        let forms = forms_of("a%2Fb+c%253D");
        for form in ["a%2Fb+c%253D", "a/b+c%3D", "a/b c=", "612f622063"] {
            assert!(forms.iter().any(|known| known.starts_with(form)), "{form}: {forms:?}");
        }
    }

    #[test]
    fn nothing_short_is_looked_for() {
        assert_eq!(forms_of("short"), Vec::<String>::new());
        assert!(forms_of("%61%62").iter().all(|form| form.len() >= SHORTEST_BYTES));
        assert!(forms_of(&"k".repeat(1 << 20)).iter().all(|form| form.len() <= 3 * LONGEST_BYTES));
    }
}
