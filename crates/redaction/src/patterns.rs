//! The forms of all credentials, sorted for a search.

use crate::{escape::is_introducer, forms};
use std::collections::BTreeMap;

/// What is searched for.
pub(crate) struct Patterns {
    /// All of them, one behind the other.
    bytes: Vec<u8>,
    /// By the first byte.
    starting: Vec<Vec<Pattern>>,
    /// Which two bytes may begin one, whatever the spelling.
    pairs: Vec<u64>,
    /// Whether one may stand in a number.
    pub has_numbers: bool,
}

/// Where a pattern is among the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub start: u32,
    pub end: u32,
    /// Only among other characters of base64 may it be replaced by such.
    pub is_base64: bool,
}

/// Bytes that may stand within a credential that is broken into lines, or written in UTF-16.
pub(crate) fn is_filler(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0)
}

impl Patterns {
    /// Every form of these credentials.
    pub fn of<'a>(credentials: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found = BTreeMap::new();
        credentials.into_iter().for_each(|credential| forms::add(credential, &mut found));
        Self::new(&found)
    }

    /// These patterns, each with whether it is base64.
    pub fn new(found: &BTreeMap<Vec<u8>, bool>) -> Self {
        let mut patterns =
            Self { bytes: Vec::new(), starting: vec![Vec::new(); 256], pairs: vec![0; 1 << 10], has_numbers: false };
        for (bytes, is_base64) in found {
            let [first, rest @ ..] = bytes.as_slice() else { continue };
            // There are not so many.
            let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
            let (start, end) = (place(patterns.bytes.len()), place(patterns.bytes.len() + bytes.len()));
            patterns.bytes.extend_from_slice(bytes);
            patterns.has_numbers |= bytes.iter().all(|byte| b"0123456789.+-eE".contains(byte));
            patterns.starting[usize::from(*first)].push(Pattern { start, end, is_base64: *is_base64 });
            for first in spelled(*first) {
                match rest.first() {
                    Some(second) => spelled(*second).for_each(|second| patterns.set(first, second)),
                    None => (0..=u8::MAX).for_each(|second| patterns.set(first, second)),
                }
                let others = (0..=u8::MAX).filter(|byte| is_filler(*byte) || is_introducer(*byte));
                others.for_each(|second| patterns.set(first, second));
            }
        }
        if !patterns.is_empty() {
            for first in (0..=u8::MAX).filter(|byte| is_introducer(*byte)) {
                (0..=u8::MAX).for_each(|second| patterns.set(first, second));
            }
        }
        patterns
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The patterns that begin with a byte.
    pub fn starting_with(&self, byte: u8) -> &[Pattern] {
        &self.starting[usize::from(byte)]
    }

    /// The first place from `at` on where a pattern or an escape may begin.
    pub fn next_start(&self, text: &[u8], at: usize) -> usize {
        if self.is_empty() || at >= text.len() {
            return text.len();
        }
        let pairs = text[at..].windows(2).position(|pair| self.has(pair[0], pair[1]));
        match pairs {
            Some(ahead) => at + ahead,
            None => text.len() - usize::from(text.last().is_some_and(|last| self.may_start(*last))),
        }
    }

    fn may_start(&self, byte: u8) -> bool {
        is_introducer(byte) || spelled_as(byte).any(|byte| !self.starting_with(byte).is_empty())
    }

    fn set(&mut self, first: u8, second: u8) {
        let bit = usize::from(first) << 8 | usize::from(second);
        self.pairs[bit >> 6] |= 1 << (bit & 63);
    }

    fn has(&self, first: u8, second: u8) -> bool {
        let bit = usize::from(first) << 8 | usize::from(second);
        self.pairs[bit >> 6] >> (bit & 63) & 1 != 0
    }
}

/// The single bytes that stand for one, beside escapes.
fn spelled(byte: u8) -> impl Iterator<Item = u8> {
    std::iter::once(byte).chain((byte == b' ').then_some(b'+'))
}

fn spelled_as(byte: u8) -> impl Iterator<Item = u8> {
    std::iter::once(byte).chain((byte == b'+').then_some(b' '))
}
