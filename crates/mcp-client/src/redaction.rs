//! Credentials in what comes in pieces.

use crate::secrets::{HIDDEN, Secrets};
use bytes::Bytes;
use memchr::memmem;

/// Replaces credentials in bytes that come in chunks. Of a chunk only what could be the beginning of a credential waits
/// for the next one.
pub struct Redaction {
    secrets: Secrets,
    held: Vec<u8>,
}

impl Secrets {
    /// A stream of bytes in which these credentials, and those that are added meanwhile, are replaced.
    pub fn redaction(&self) -> Redaction {
        Redaction { secrets: self.clone(), held: Vec::new() }
    }
}

impl Redaction {
    /// Takes the next chunk, and gives what can be passed on; that may be nothing.
    pub fn take(&mut self, chunk: Bytes) -> Bytes {
        self.secrets.in_bytes(|secrets| {
            let is_plain = |bytes: &[u8]| first(bytes, secrets).is_none() && begun(bytes, secrets) == 0;
            if self.held.is_empty() && is_plain(&chunk) {
                return chunk;
            }
            let mut text = std::mem::take(&mut self.held);
            text.extend_from_slice(&chunk);
            let mut passed = Vec::with_capacity(text.len());
            let mut rest = text.as_slice();
            while let Some((at, length)) = first(rest, secrets) {
                passed.extend_from_slice(&rest[..at]);
                passed.extend_from_slice(HIDDEN.as_bytes());
                rest = &rest[at + length..];
            }
            let (whole, begun) = rest.split_at(rest.len() - begun(rest, secrets));
            passed.extend_from_slice(whole);
            self.held = begun.to_vec();
            passed.into()
        })
    }

    /// What was still waiting, at the end.
    pub fn finish(&mut self) -> Bytes {
        std::mem::take(&mut self.held).into()
    }
}

/// Where the first credential begins, and its length; of those that begin there the longest.
fn first(text: &[u8], secrets: &[&[u8]]) -> Option<(usize, usize)> {
    let found = secrets.iter().filter_map(|secret| Some((memmem::find(text, secret)?, secret.len())));
    found.min_by_key(|(at, length)| (*at, usize::MAX - length))
}

/// How many bytes at the end could be the beginning of a credential.
fn begun(text: &[u8], secrets: &[&[u8]]) -> usize {
    let of_one = |secret: &&[u8]| {
        let most = text.len().min(secret.len() - 1);
        (1..=most).rev().find(|length| text.ends_with(&secret[..*length])).unwrap_or(0)
    };
    secrets.iter().map(of_one).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redacted(secrets: &Secrets, chunks: &[&[u8]]) -> Vec<u8> {
        let mut redaction = secrets.redaction();
        let mut text: Vec<u8> = chunks.iter().flat_map(|chunk| redaction.take(Bytes::copy_from_slice(chunk))).collect();
        text.extend(redaction.finish());
        text
    }

    fn secrets(values: &[&str]) -> Secrets {
        Secrets::new(values.iter().map(ToString::to_string))
    }

    #[test]
    fn a_credential_is_replaced_wherever_chunks_end() {
        let secrets = secrets(&["planted-secret", "Bearer planted-secret"]);
        let text = b"{\"a\":\"Bearer planted-secret\",\"b\":\"x planted-secret planted-secre\"}";
        let expected = b"{\"a\":\"[redacted]\",\"b\":\"x [redacted] planted-secre\"}".to_vec();
        for at in 0..=text.len() {
            let (one, other) = text.split_at(at);
            assert_eq!(redacted(&secrets, &[one, other]), expected, "{at}");
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(redacted(&secrets, &bytes), expected);
    }

    #[test]
    fn nothing_else_waits() {
        let secrets = secrets(&["planted-secret"]);
        let mut redaction = secrets.redaction();
        let event = Bytes::from_static(b"data: {}\n\n");
        let passed = redaction.take(event.clone());
        assert_eq!(passed.as_ptr(), event.as_ptr(), "not even a copy is made");
        assert_eq!(redaction.take(Bytes::from_static(b"a plan")), "a ");
        assert_eq!(redaction.take(Bytes::from_static(b"et")), "planet");
        assert_eq!(redaction.finish(), "");
    }

    #[test]
    fn what_is_added_meanwhile_counts() {
        let secrets = Secrets::default();
        let mut redaction = secrets.redaction();
        assert_eq!(redaction.take(Bytes::from_static(b"a token-1 ")), "a token-1 ");
        secrets.add("token-1".to_string());
        assert_eq!(redaction.take(Bytes::from_static(b"a token-1 ")), "a [redacted] ");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn chunks_make_no_difference(text in "[ab]{0,60}", secret in "[ab]{6,9}", size in 1..9_usize) {
            let secrets = secrets(&[&secret]);
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            let expected = secrets.hide(&text).into_owned();
            prop_assert_eq!(String::from_utf8(redacted(&secrets, &chunks)).expect("text"), expected);
        }
    }
}
