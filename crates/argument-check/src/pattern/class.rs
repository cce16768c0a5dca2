//! Sets of characters: `[a-z]`, `\d`, `\S`, …

use std::fmt::Write;

/// Sorted and disjoint, both ends included.
pub(super) const DIGIT: &[(u32, u32)] = &[(0x30, 0x39)];
pub(super) const WORD: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
/// WhiteSpace and LineTerminator (ECMA-262 12.2, 12.3).
pub(super) const SPACE: &[(u32, u32)] = &[
    (0x09, 0x0d),
    (0x20, 0x20),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];
/// What `.` does not find.
pub(super) const LINE_END: &[(u32, u32)] = &[(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)];

const LAST: u32 = 0x10_ffff;

/// The set that an escape like `\d` or `\S` stands for.
pub(super) fn of_escape(letter: char) -> Option<Vec<(u32, u32)>> {
    let set = match letter.to_ascii_lowercase() {
        'd' => DIGIT,
        'w' => WORD,
        's' => SPACE,
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() { all_but(set) } else { set.to_vec() })
}

/// The complement of sorted, disjoint ranges.
pub(super) fn all_but(set: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let (mut rest, mut next) = (Vec::new(), 0);
    for &(first, last) in set {
        if first > next {
            rest.push((next, first - 1));
        }
        next = last + 1;
    }
    if next <= LAST {
        rest.push((next, LAST));
    }
    rest
}

/// Writes a set with every character as `\x{…}`, so that nothing in it has a meaning of its own.
pub(super) fn write(output: &mut String, negated: bool, set: &[(u32, u32)]) {
    let everything = [(0, LAST)];
    let (negated, set) = if set.is_empty() { (!negated, everything.as_slice()) } else { (negated, set) };
    output.push_str(if negated { "[^" } else { "[" });
    for &(first, last) in set {
        // Surrogates are no characters; ranges may only run across them.
        let first = if (0xd800..0xe000).contains(&first) { 0xe000 } else { first };
        let last = if (0xd800..0xe000).contains(&last) { 0xd7ff } else { last };
        if first <= last {
            let _infallible = write!(output, "\\x{{{first:x}}}-\\x{{{last:x}}}");
        }
    }
    output.push(']');
}
