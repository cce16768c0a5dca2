//! Text with the escapes of JSON undone (RFC 8259, section 7).

use memchr::memchr;

/// Bytes with each escape replaced by what it stands for. Knows where everything stood.
pub(super) struct Unescaped {
    pub bytes: Vec<u8>,
    /// Where an escape begins that is cut off at the end; it is not part of the bytes.
    pub unfinished: Option<usize>,
    escapes: Vec<Undone>,
}

/// An escape, and what stands in its place.
struct Undone {
    source: usize,
    source_length: usize,
    place: usize,
    length: usize,
}

/// What a backslash is.
enum Reading {
    Escape {
        character: char,
        length: usize,
    },
    Literal,
    /// What follows decides.
    Unfinished,
}

impl Unescaped {
    /// Undoes the escapes in some text; `None` where there are none. What is no escape stays as it is.
    pub fn of(source: &[u8]) -> Option<Self> {
        let mut next = memchr(b'\\', source);
        next?;
        let mut text = Self { bytes: Vec::with_capacity(source.len()), unfinished: None, escapes: Vec::new() };
        let mut copied = 0;
        while let Some(at) = next {
            text.bytes.extend_from_slice(&source[copied..at]);
            copied = at;
            copied += match read(&source[at..]) {
                Reading::Escape { character, length } => {
                    let place = text.bytes.len();
                    text.bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    let escape = Undone { source: at, source_length: length, place, length: character.len_utf8() };
                    text.escapes.push(escape);
                    length
                }
                Reading::Literal => {
                    text.bytes.push(b'\\');
                    1
                }
                Reading::Unfinished => {
                    text.unfinished = Some(at);
                    return Some(text);
                }
            };
            next = memchr(b'\\', &source[copied..]).map(|ahead| copied + ahead);
        }
        text.bytes.extend_from_slice(&source[copied..]);
        Some(text)
    }

    /// Where the byte stood in the source: the beginning of its escape, if it is of one.
    pub fn source_start(&self, place: usize) -> usize {
        match self.escapes[..self.escapes.partition_point(|escape| escape.place <= place)].last() {
            None => place,
            Some(escape) => match (place - escape.place).checked_sub(escape.length) {
                None => escape.source,
                Some(beyond) => escape.source + escape.source_length + beyond,
            },
        }
    }

    /// Behind where the byte stood in the source: the end of its escape, if it is of one.
    pub fn source_end(&self, place: usize) -> usize {
        match self.escapes[..self.escapes.partition_point(|escape| escape.place <= place)].last() {
            None => place + 1,
            Some(escape) => {
                let beyond = (place - escape.place).checked_sub(escape.length).map_or(0, |beyond| beyond + 1);
                escape.source + escape.source_length + beyond
            }
        }
    }

    /// Where a byte of the source is now: the first byte of what its escape stands for, if it is of one.
    pub fn place(&self, source: usize) -> usize {
        match self.escapes[..self.escapes.partition_point(|escape| escape.source <= source)].last() {
            None => source,
            Some(escape) => match (source - escape.source).checked_sub(escape.source_length) {
                None => escape.place,
                Some(beyond) => escape.place + escape.length + beyond,
            },
        }
    }
}

/// Reads text that begins with a backslash.
fn read(text: &[u8]) -> Reading {
    let character = match text.get(1) {
        None => return Reading::Unfinished,
        Some(b'u') => return read_unicode(text),
        Some(letter @ (b'"' | b'\\' | b'/')) => char::from(*letter),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(_) => return Reading::Literal,
    };
    Reading::Escape { character, length: 2 }
}

/// Reads `\uXXXX`, or two of them that are one character.
fn read_unicode(text: &[u8]) -> Reading {
    const LENGTH: usize = 6;
    let unit = match code_unit(text) {
        Ok(unit) => unit,
        Err(other) => return other,
    };
    if (0xd800..0xdc00).contains(&unit) {
        match code_unit(&text[LENGTH..]) {
            Ok(low @ 0xdc00..0xe000) => {
                let character = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                return Reading::Escape { character, length: 2 * LENGTH };
            }
            Err(Reading::Unfinished) => return Reading::Unfinished,
            _ => {}
        }
    }
    // Half of a pair alone stands for no character.
    let character = char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
    Reading::Escape { character, length: LENGTH }
}

/// The number in `\uXXXX` at the beginning of some text.
fn code_unit(text: &[u8]) -> Result<u32, Reading> {
    let mut unit = 0;
    for position in 0..6 {
        let Some(byte) = text.get(position) else { return Err(Reading::Unfinished) };
        match (position, byte) {
            (0, b'\\') | (1, b'u') => {}
            (2.., digit) if digit.is_ascii_hexdigit() => {
                unit = unit << 4 | char::from(*digit).to_digit(16).unwrap_or_default();
            }
            _ => return Err(Reading::Literal),
        }
    }
    Ok(unit)
}

#[cfg(test)]
mod tests {
    use super::Unescaped;

    #[test]
    fn undoes_what_is_an_escape_and_nothing_else() {
        for (source, text, unfinished) in [
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t", None),
            (r"a\u0041\u00e9\u20AC\ud83d\ude00b", "aAé€😀b", None),
            (r"\ud83dx\ude00\ud83d\u0041", "\u{fffd}x\u{fffd}\u{fffd}A", None),
            (r"\q\u12g4\U0041", r"\q\u12g4\U0041", None),
            (r"\\u0041", r"\u0041", None),
            (r"a\", "a", Some(1)),
            (r"a\u004", "a", Some(1)),
            (r"a\ud83d", "a", Some(1)),
            (r"a\ud83d\ud", "a", Some(1)),
        ] {
            let read = Unescaped::of(source.as_bytes()).expect("there is a backslash");
            assert_eq!(
                (String::from_utf8_lossy(&read.bytes).as_ref(), read.unfinished),
                (text, unfinished),
                "{source}"
            );
        }
        assert!(Unescaped::of(b"nothing").is_none());
    }

    #[test]
    fn knows_where_everything_stood() {
        // As bytes: a é(2) b " c
        let read = Unescaped::of(br#"a\u00e9b\"c"#).expect("there is a backslash");
        let starts: Vec<usize> = (0..6).map(|place| read.source_start(place)).collect();
        assert_eq!(starts, [0, 1, 1, 7, 8, 10]);
        let ends: Vec<usize> = (0..6).map(|place| read.source_end(place)).collect();
        assert_eq!(ends, [1, 7, 7, 8, 10, 11]);
        let places: Vec<usize> = (0..11).map(|source| read.place(source)).collect();
        assert_eq!(places, [0, 1, 1, 1, 1, 1, 1, 3, 4, 4, 5]);
    }
}
