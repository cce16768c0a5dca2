//! `pattern` and `patternProperties`, in time linear in the text.

mod class;
mod translate;

use crate::equality::Budget;
use regex_lite::{Regex, RegexBuilder};

/// Bytes of a pattern; a longer one is not checked.
const LONGEST_BYTES: usize = 4_096;

/// Bytes that a compiled pattern may take. The smallest limit that suffices tells how costly a search is.
const SIZES_BYTES: [usize; 4] = [512, 2 << 10, 8 << 10, 32 << 10];

/// Bytes of one state of a compiled pattern, at least.
const STATE_BYTES: usize = 16;

/// Bytes that the compiled patterns of one schema may take; what comes after is not checked.
pub(crate) const SCHEMA_BYTES: usize = 256 << 10;

/// A pattern of ECMA-262, as far as that can be checked.
pub(crate) struct Pattern {
    /// As the schema writes it.
    pub source: Box<str>,
    regex: Option<Compiled>,
}

struct Compiled {
    regex: Regex,
    /// Steps for one byte of text at worst.
    steps: usize,
}

impl Pattern {
    /// `allowance_bytes` is what the schema may still use, and is lowered.
    pub fn compile(source: &str, allowance_bytes: &mut usize) -> Pattern {
        Pattern { source: source.into(), regex: compile(source, allowance_bytes) }
    }

    /// Whether the pattern is found anywhere in the text; `None` when that is unknown.
    pub fn finds(&self, text: &str, budget: &mut Budget) -> Option<bool> {
        let Compiled { regex, steps } = self.regex.as_ref()?;
        budget.spend((text.len() + 1) * steps).then(|| regex.is_match(text))
    }
}

fn compile(source: &str, allowance_bytes: &mut usize) -> Option<Compiled> {
    if source.len() > LONGEST_BYTES {
        return None;
    }
    let translated = translate::translated(source)?;
    for size in SIZES_BYTES {
        *allowance_bytes = allowance_bytes.checked_sub(size)?;
        if let Ok(regex) = RegexBuilder::new(&translated).size_limit(size).build() {
            return Some(Compiled { regex, steps: size / STATE_BYTES / 2 });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(pattern: &str, text: &str) -> Option<bool> {
        Pattern::compile(pattern, &mut SCHEMA_BYTES.clone()).finds(text, &mut Budget(1_000_000))
    }

    #[test]
    fn patterns_are_those_of_ecma_262() {
        for (pattern, fits, fails) in [
            ("b", "abc", "ac"),
            ("^a+$", "aa", "aa\n"),
            (r"^\d{2,3}$", "42", "4२"),
            (r"^[\w-]+$", "a-b_9", "é"),
            (r"^\S+$", "é", "a\u{a0}b"),
            (r"^[^\s]$", "x", "\u{feff}"),
            (r"^[\S]$", "x", "\u{3000}"),
            ("^.$", "🐲", "\u{2028}"),
            (r"^\uD83D\uDC32$", "🐲", "x"),
            (r"^\u{1F432}\x41\cA\0$", "🐲A\u{1}\0", "x"),
            (r"^[a-z&&b~~c\]\\-]+$", "a&~]\\-", "A"),
            ("^[^]$", "\n", ""),
            ("^{a}$", "{a}", "a"),
            (r"^\/\-\{$", "/-{", "x"),
            ("^(?<n>a)(?:b)(?P<m>c)$", "abc", "abd"),
            ("^(?i)ab$", "aB", "aC"),
            ("^(?i:a)b$", "Ab", "aB"),
            ("a*?b|c", "c", "a"),
            (r"[\b]", "\u{8}", "b"),
        ] {
            assert_eq!(finds(pattern, fits), Some(true), "{pattern} {fits}");
            assert_eq!(finds(pattern, fails), Some(false), "{pattern} {fails}");
        }
        assert_eq!(finds("[]", "a"), Some(false));
    }

    #[test]
    fn what_cannot_be_translated_faithfully_is_unknown() {
        for pattern in [
            "(?=a)",
            "(?!a)",
            "(?<=a)b",
            "(?<!a)b",
            r"(a)\1",
            r"\k<n>",
            r"\p{L}",
            "(?x) a",
            "(?i)é",
            r"\Aa\Z",
            "(",
            ")",
            "a**",
            "a{2,1}",
            "[b-a]",
            "*",
            r"\uD83D",
            "[[:alpha:]]",
            "a{,3}",
            "\\",
            "(?",
            "(?i",
            "[",
            "[^",
            r"[\",
            "a{9999}",
        ] {
            assert_eq!(finds(pattern, "a"), None, "{pattern}");
        }
    }

    #[test]
    fn large_patterns_use_up_an_allowance() {
        let mut allowance = SCHEMA_BYTES;
        let compiled = (0..1_000).filter(|_| Pattern::compile("(x{99}){4}", &mut allowance).regex.is_some()).count();
        assert!((1..50).contains(&compiled), "{compiled}");
    }
}
