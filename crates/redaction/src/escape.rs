//! Single escapes: how one character is spelled by several.

/// A character of a text, and how many bytes spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    bytes: [u8; 4],
    count: u8,
    /// Bytes of the text.
    pub length: u8,
}

impl Unit {
    /// One byte.
    pub fn byte(byte: u8, length: usize) -> Self {
        Self { bytes: [byte, 0, 0, 0], count: 1, length: length as u8 }
    }

    fn character(character: char, length: usize) -> Self {
        let mut bytes = [0; 4];
        let count = character.encode_utf8(&mut bytes).len() as u8;
        Self { bytes, count, length: length as u8 }
    }

    /// What is spelled, in UTF-8.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.count)]
    }

    /// The byte, if it is one.
    pub fn single(&self) -> Option<u8> {
        (self.count == 1).then_some(self.bytes[0])
    }
}

/// Why there is no unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoUnit {
    /// It is no escape.
    Literal,
    /// What follows decides.
    Unfinished,
}

/// Bytes of a text that may spell one character.
pub(crate) const LONGEST_UNIT: usize = 96;

/// Whether a byte may begin an escape.
pub(crate) fn is_introducer(byte: u8) -> bool {
    matches!(byte, b'\\' | b'%' | b'&')
}

/// Reads the escape whose characters `next` gives one after the other, the first being an introducer.
pub(crate) fn read(next: impl FnMut() -> Result<Unit, NoUnit>) -> Result<Unit, NoUnit> {
    let mut source = Source { next, length: 0 };
    match source.byte()? {
        b'\\' => backslash(&mut source),
        b'%' => percent(&mut source),
        b'&' => entity(&mut source),
        _ => Err(NoUnit::Literal),
    }
}

struct Source<N> {
    next: N,
    length: usize,
}

impl<N: FnMut() -> Result<Unit, NoUnit>> Source<N> {
    fn byte(&mut self) -> Result<u8, NoUnit> {
        let unit = (self.next)()?;
        self.length += usize::from(unit.length);
        if self.length > LONGEST_UNIT {
            return Err(NoUnit::Literal);
        }
        unit.single().ok_or(NoUnit::Literal)
    }

    fn hex(&mut self, digits: u32) -> Result<u32, NoUnit> {
        (0..digits).try_fold(0, |number, _| Ok(number << 4 | digit(self.byte()?, 16)?))
    }

    /// Digits up to a byte that ends them.
    fn number(&mut self, mut first: u8, radix: u32, end: u8) -> Result<u32, NoUnit> {
        const MOST_DIGITS: usize = 8;
        let mut number = 0;
        for _ in 0..MOST_DIGITS {
            number = number * radix + digit(first, radix)?;
            first = self.byte()?;
            if first == end {
                return Ok(number);
            }
            if number > u32::from(char::MAX) {
                break;
            }
        }
        Err(NoUnit::Literal)
    }

    fn unit(&self, code: u32) -> Result<Unit, NoUnit> {
        char::from_u32(code).map(|character| Unit::character(character, self.length)).ok_or(NoUnit::Literal)
    }
}

fn digit(byte: u8, radix: u32) -> Result<u32, NoUnit> {
    char::from(byte).to_digit(radix).ok_or(NoUnit::Literal)
}

/// JSON (RFC 8259, section 7), and what JavaScript and Python have beyond it: `\'`, `\xXX`, `\u{X…}`.
fn backslash<N: FnMut() -> Result<Unit, NoUnit>>(source: &mut Source<N>) -> Result<Unit, NoUnit> {
    let byte = match source.byte()? {
        letter @ (b'"' | b'\\' | b'/' | b'\'') => letter,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'x' => {
            let code = source.hex(2)?;
            return source.unit(code);
        }
        b'u' => return unicode(source),
        _ => return Err(NoUnit::Literal),
    };
    Ok(Unit::byte(byte, source.length))
}

/// The rest of `\uXXXX`, of two of them that are one character, or of `\u{X…}`.
fn unicode<N: FnMut() -> Result<Unit, NoUnit>>(source: &mut Source<N>) -> Result<Unit, NoUnit> {
    let first = source.byte()?;
    if first == b'{' {
        let first = source.byte()?;
        let code = source.number(first, 16, b'}')?;
        return source.unit(code);
    }
    let code = digit(first, 16)? << 12 | source.hex(3)?;
    if !(0xd800..0xdc00).contains(&code) {
        return source.unit(code);
    }
    for expected in [b'\\', b'u'] {
        if source.byte()? != expected {
            return Err(NoUnit::Literal);
        }
    }
    match source.hex(4)? {
        low @ 0xdc00..0xe000 => source.unit(0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00)),
        _ => Err(NoUnit::Literal),
    }
}

/// Percent-encoding (RFC 3986, section 2.1), and `%uXXXX`, which JavaScript's `escape` writes.
fn percent<N: FnMut() -> Result<Unit, NoUnit>>(source: &mut Source<N>) -> Result<Unit, NoUnit> {
    match source.byte()? {
        b'u' => {
            let code = source.hex(4)?;
            source.unit(code)
        }
        first => {
            let code = digit(first, 16)? << 4 | source.hex(1)?;
            Ok(Unit::byte(code as u8, source.length))
        }
    }
}

/// Names that HTML has for characters of credentials.
const NAMED: [(&[u8], u8); 22] = [
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"sol", b'/'),
    (b"bsol", b'\\'),
    (b"plus", b'+'),
    (b"equals", b'='),
    (b"period", b'.'),
    (b"comma", b','),
    (b"colon", b':'),
    (b"semi", b';'),
    (b"num", b'#'),
    (b"dollar", b'$'),
    (b"percnt", b'%'),
    (b"ast", b'*'),
    (b"lowbar", b'_'),
    (b"commat", b'@'),
    (b"excl", b'!'),
    (b"quest", b'?'),
    (b"Tab", b'\t'),
];

/// A character reference of HTML: `&#47;`, `&#x2F;`, `&sol;`.
fn entity<N: FnMut() -> Result<Unit, NoUnit>>(source: &mut Source<N>) -> Result<Unit, NoUnit> {
    const LONGEST_NAME: usize = 6;
    let first = source.byte()?;
    if first == b'#' {
        let code = match source.byte()? {
            b'x' | b'X' => {
                let first = source.byte()?;
                source.number(first, 16, b';')?
            }
            first => source.number(first, 10, b';')?,
        };
        return source.unit(code);
    }
    let mut name = [first; LONGEST_NAME];
    for length in 1..=LONGEST_NAME {
        if !name[length - 1].is_ascii_alphabetic() {
            break;
        }
        let byte = source.byte()?;
        if byte == b';' {
            let named = NAMED.iter().find(|(known, _)| *known == &name[..length]);
            return named.map(|(_, byte)| Unit::byte(*byte, source.length)).ok_or(NoUnit::Literal);
        }
        if length < LONGEST_NAME {
            name[length] = byte;
        }
    }
    Err(NoUnit::Literal)
}
