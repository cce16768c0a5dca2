//! Reads a text as somebody would who looks for a credential in it: every encoding undone, again and again.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::encoding::base64_meaning;

/// How often encodings are undone.
const DEPTH: usize = 4;

/// Bytes of a credential that tell it.
const TELLING: usize = 12;

/// A text in which the credential, or a telling part of it, can be read; `None` where there is none.
pub fn revealed(bytes: &[u8], credential: &str) -> Option<String> {
    let pieces: Vec<&[u8]> = credential.as_bytes().windows(TELLING).collect();
    let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut texts = vec![bytes.to_vec()];
    for _ in 0..=DEPTH {
        let found = texts.iter().find(|text| text.windows(TELLING).any(|part| pieces.contains(&part)));
        if let Some(text) = found {
            return Some(String::from_utf8_lossy(text).into_owned());
        }
        let read: BTreeSet<Vec<u8>> = texts.iter().flat_map(|text| readings(text)).collect();
        seen.extend(texts);
        texts = read.into_iter().filter(|text| text.len() >= TELLING && !seen.contains(text)).collect();
    }
    None
}

/// A text with one encoding undone, in every way.
fn readings(text: &[u8]) -> Vec<Vec<u8>> {
    let mut read = vec![escapes(text), percents(text), entities(text)];
    read.push(text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect());
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        let data = line.strip_prefix(b"data:").unwrap_or(line);
        if let Ok(value) = serde_json::from_slice::<Value>(data) {
            strings(&value, &mut read);
        }
    }
    let is_of_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_\r\n".contains(byte);
    for run in runs(text, is_of_base64) {
        let run: Vec<u8> = run.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
        read.extend((0..4).map(|from| base64_meaning(run.get(from..).unwrap_or_default())));
    }
    for run in runs(text, u8::is_ascii_hexdigit) {
        read.extend((0..2).map(|from| hexadecimals(run.get(from..).unwrap_or_default())));
    }
    read.retain(|other| other != text);
    read
}

fn strings(value: &Value, found: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => found.push(text.clone().into_bytes()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            found.push(name.clone().into_bytes());
            strings(member, found);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn runs(text: &[u8], belongs: impl Fn(&u8) -> bool) -> impl Iterator<Item = &[u8]> {
    text.split(move |byte| !belongs(byte)).filter(|run| run.len() >= TELLING)
}

fn hexadecimals(digits: &[u8]) -> Vec<u8> {
    digits.chunks_exact(2).filter_map(|digits| u8::try_from(number(digits, 16)?).ok()).collect()
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// Undoes what `read` gives for the beginning of a text: the bytes that are meant, and how many spell them.
fn undone(text: &[u8], introducer: u8, read: impl Fn(&[u8]) -> Option<(Vec<u8>, usize)>) -> Vec<u8> {
    let (mut bytes, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(byte) = text.get(at) {
        match Some(*byte).filter(|byte| *byte == introducer).and_then(|_| read(&text[at..])) {
            Some((meant, length)) => {
                bytes.extend(meant);
                at += length;
            }
            None => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    bytes
}

fn character(code: u32) -> Option<Vec<u8>> {
    Some(char::from_u32(code)?.to_string().into_bytes())
}

fn escapes(text: &[u8]) -> Vec<u8> {
    undone(text, b'\\', |text| match text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let end = text.iter().position(|byte| *byte == b'}')?;
            Some((character(number(&text[3..end], 16)?)?, end + 1))
        }
        b'u' => Some((character(number(text.get(2..6)?, 16)?)?, 6)),
        b'x' => Some((character(number(text.get(2..4)?, 16)?)?, 4)),
        b'n' => Some((vec![b'\n'], 2)),
        b'r' => Some((vec![b'\r'], 2)),
        byte if byte.is_ascii_punctuation() => Some((vec![*byte], 2)),
        _ => None,
    })
}

fn percents(text: &[u8]) -> Vec<u8> {
    undone(text, b'%', |text| match text.get(1)? {
        b'u' => Some((character(number(text.get(2..6)?, 16)?)?, 6)),
        _ => Some((vec![u8::try_from(number(text.get(1..3)?, 16)?).ok()?], 3)),
    })
}

fn entities(text: &[u8]) -> Vec<u8> {
    let named: [(&[u8], u8); 5] = [(b"amp", b'&'), (b"sol", b'/'), (b"plus", b'+'), (b"equals", b'='), (b"quot", b'"')];
    undone(text, b'&', |text| {
        let end = text.iter().take(12).position(|byte| *byte == b';')?;
        let name = &text[1..end];
        let meant = match name.strip_prefix(b"#") {
            Some([b'x' | b'X', digits @ ..]) => character(number(digits, 16)?)?,
            Some(digits) => character(number(digits, 10)?)?,
            None => vec![named.iter().find(|(known, _)| *known == name)?.1],
        };
        Some((meant, end + 1))
    })
}
