//! The escapes of JSON that a place of a text is in (RFC 8259, section 7): what is left of a text must hold no part of
//! one, nor what is left of a JSON text within a string of it.

use crate::{escape::NoUnit, spelling::Text};

/// JSON texts within each other of which no escape is halved.
const LEVELS: usize = 3;

/// A part of a text.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// Whether a place is in it, and not where it begins or ends.
    pub fn holds(&self, at: usize) -> bool {
        self.start < at && at < self.end
    }

    /// The same once the text begins so much later.
    pub fn behind(&self, length: usize) -> Self {
        Self { start: self.start.saturating_sub(length), end: self.end.saturating_sub(length) }
    }
}

/// Of each level, the last escape that has begun before a place that goes forward through a text.
#[derive(Debug, Default)]
pub(crate) struct Escapes([Span; LEVELS]);

impl Escapes {
    /// Takes note of what begins at a place, of which none before is left out that is a backslash.
    pub fn note(&mut self, text: Text<'_>, at: usize) -> Result<(), NoUnit> {
        if text.bytes[at] != b'\\' {
            return Ok(());
        }
        let mut noted = self.0;
        for (below, span) in noted.iter_mut().enumerate() {
            if span.holds(at) {
                break;
            }
            if at >= span.end {
                *span = Span { start: at, end: at + read(below + 1, text, at)?.length };
            }
        }
        self.0 = noted;
        Ok(())
    }

    /// The place, or the beginning of what it is in.
    pub fn begin(&self, at: usize) -> usize {
        self.0.iter().rev().find(|span| span.holds(at)).map_or(at, |span| span.start)
    }

    /// The place, or the end of what it is in. A deeper escape may not be one: what ends it could be the end of a string.
    pub fn end(&self, at: usize) -> usize {
        self.0.first().filter(|span| span.holds(at)).map_or(at, |span| span.end)
    }

    /// The text begins so much later.
    pub fn forget(&mut self, length: usize) {
        self.0 = self.0.map(|span| span.behind(length));
    }
}

/// A character of a text, or half of one in UTF-16, or a byte of one in UTF-8.
#[derive(Clone, Copy)]
struct Read {
    code: u32,
    length: usize,
}

/// Reads the character at a place with the escapes of JSON undone that many times.
fn read(level: usize, text: Text<'_>, at: usize) -> Result<Read, NoUnit> {
    let Some(below) = level.checked_sub(1) else {
        return match text.bytes.get(at) {
            Some(byte) => Ok(Read { code: u32::from(*byte), length: 1 }),
            None if text.is_whole => Err(NoUnit::Literal),
            None => Err(NoUnit::Unfinished),
        };
    };
    let first = read(below, text, at)?;
    if first.code != u32::from(b'\\') {
        return Ok(first);
    }
    match escaped(below, text, at, first) {
        Err(NoUnit::Literal) => Ok(first),
        other => other,
    }
}

fn escaped(below: usize, text: Text<'_>, at: usize, first: Read) -> Result<Read, NoUnit> {
    let second = read(below, text, at + first.length)?;
    let length = first.length + second.length;
    let code = match u8::try_from(second.code).map_err(|_| NoUnit::Literal)? {
        letter @ (b'"' | b'\\' | b'/') => letter,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return unicode(below, text, at, length),
        _ => return Err(NoUnit::Literal),
    };
    Ok(Read { code: u32::from(code), length })
}

/// The rest of `\uXXXX`, with the other half where it is one.
fn unicode(below: usize, text: Text<'_>, at: usize, length: usize) -> Result<Read, NoUnit> {
    let unit = digits(below, text, at + length)?;
    let high = Read { code: unit.code, length: length + unit.length };
    if !(0xd800..0xdc00).contains(&high.code) {
        return Ok(high);
    }
    let low = || {
        let mut length = high.length;
        for expected in [b'\\', b'u'] {
            let letter = read(below, text, at + length)?;
            if letter.code != u32::from(expected) {
                return Err(NoUnit::Literal);
            }
            length += letter.length;
        }
        let unit = digits(below, text, at + length)?;
        match unit.code {
            0xdc00..0xe000 => Ok(Read { code: u32::from(char::REPLACEMENT_CHARACTER), length: length + unit.length }),
            _ => Err(NoUnit::Literal),
        }
    };
    match low() {
        Err(NoUnit::Literal) => Ok(high),
        other => other,
    }
}

fn digits(below: usize, text: Text<'_>, at: usize) -> Result<Read, NoUnit> {
    let mut number = Read { code: 0, length: 0 };
    for _ in 0..4 {
        let digit = read(below, text, at + number.length)?;
        let value = char::from_u32(digit.code).and_then(|digit| digit.to_digit(16)).ok_or(NoUnit::Literal)?;
        number = Read { code: number.code << 4 | value, length: number.length + digit.length };
    }
    Ok(number)
}
