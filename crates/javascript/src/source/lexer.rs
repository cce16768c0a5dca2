//! Tokens of JavaScript, as far as nesting needs them.

/// A token, and what nesting must know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `(`, `[`, `{`, or `${` as `$`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close,
    /// A name or a keyword.
    Word(&'a str),
    /// A number, a string, a regular expression, or a template up to its end.
    Literal,
    /// Anything else.
    Punctuator(&'a str),
}

/// What a slash can be after the token before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slash {
    /// It divides.
    Divides,
    /// It begins a regular expression.
    Begins,
}

/// A place in the code.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    code: &'a str,
    at: usize,
    /// Whether a line ended before the token that was read last.
    pub(super) after_line_end: bool,
}

/// Longer ones first.
const PUNCTUATORS: [&str; 36] = [
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&",
    "||", "??", "?.", "++", "--", "+=", "-=", "*=", "%=", "&=", "|=", "^=", "<<", ">>", "**", "/=", "=", "?", ":",
];

impl<'a> Lexer<'a> {
    pub(super) fn new(code: &'a str) -> Self {
        let mut lexer = Self { code, at: 0, after_line_end: true };
        if code.starts_with("#!") {
            lexer.skip_line();
        }
        lexer
    }

    /// Where the next token begins, in bytes.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The byte at an offset that has been read.
    pub(super) fn byte(&self, offset: usize) -> u8 {
        self.code.as_bytes()[offset]
    }

    fn rest(&self) -> &'a [u8] {
        &self.code.as_bytes()[self.at..]
    }

    /// Whether a slash comes next that is no comment.
    pub(super) fn is_at_slash(&self) -> bool {
        let mut ahead = self.clone();
        ahead.skip_blanks();
        ahead.rest().first() == Some(&b'/')
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self, slash: Slash) -> Option<Token<'a>> {
        self.skip_blanks();
        let start = self.at;
        let first = *self.rest().first()?;
        self.at += 1;
        Some(match first {
            b'(' | b'[' | b'{' => Token::Open(first),
            b')' | b']' | b'}' => Token::Close,
            b'"' | b'\'' => {
                self.string(first);
                Token::Literal
            }
            b'`' => return Some(self.template()),
            b'/' if slash == Slash::Begins && self.regular_expression() => Token::Literal,
            b'0'..=b'9' => {
                self.word();
                Token::Literal
            }
            _ if is_word(first) => {
                self.word();
                Token::Word(&self.code[start..self.at])
            }
            _ => {
                let punctuator = PUNCTUATORS.iter().find(|known| self.code[start..].starts_with(**known));
                self.at = start + punctuator.map_or_else(|| self.character_at(start), |known| known.len());
                Token::Punctuator(&self.code[start..self.at])
            }
        })
    }

    fn character_at(&self, start: usize) -> usize {
        self.code[start..].chars().next().map_or(1, char::len_utf8)
    }

    fn word(&mut self) {
        let length = self.rest().iter().take_while(|byte| is_word(**byte) || byte.is_ascii_digit()).count();
        self.at += length;
    }

    fn string(&mut self, quote: u8) {
        while let Some(byte) = self.rest().first() {
            match *byte {
                b'\\' => self.at += 1 + self.escaped(),
                b'\n' | b'\r' => return,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return;
                    }
                }
            }
        }
    }

    /// The length of the character after a backslash.
    fn escaped(&self) -> usize {
        self.code.get(self.at + 1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }

    /// Reads on in a template, to its end or to the next `${`.
    pub(super) fn template(&mut self) -> Token<'a> {
        while let Some(byte) = self.rest().first() {
            match *byte {
                b'\\' => self.at += 1 + self.escaped(),
                b'`' => {
                    self.at += 1;
                    return Token::Literal;
                }
                b'$' if self.rest().get(1) == Some(&b'{') => {
                    self.at += 2;
                    return Token::Open(b'$');
                }
                _ => self.at += 1,
            }
        }
        Token::Literal
    }

    /// Reads a regular expression after its slash; `false`, and nothing read, when none ends on this line.
    pub(super) fn regular_expression(&mut self) -> bool {
        let start = self.at;
        let mut in_class = false;
        while let Some(byte) = self.rest().first() {
            match *byte {
                _ if self.line_end().is_some() => break,
                b'\\' => {
                    self.at += 1;
                    if self.line_end().is_some() {
                        break;
                    }
                    self.at += self.code.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                    continue;
                }
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at += 1;
                    self.word();
                    return true;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at = start;
        false
    }

    /// The length of the line terminator that comes next.
    fn line_end(&self) -> Option<usize> {
        match *self.rest() {
            [b'\n' | b'\r', ..] => Some(1),
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some(3),
            _ => None,
        }
    }

    fn skip_line(&mut self) {
        while self.at < self.code.len() && self.line_end().is_none() {
            self.at += 1;
        }
    }

    fn skip_blanks(&mut self) {
        self.after_line_end = self.at == 0;
        loop {
            if let Some(length) = self.line_end() {
                self.at += length;
                self.after_line_end = true;
                continue;
            }
            match *self.rest() {
                [b' ' | b'\t' | 0xb | 0xc, ..] => self.at += 1,
                [0xc2, 0xa0, ..] => self.at += 2,
                [0xef, 0xbb, 0xbf, ..] => self.at += 3,
                [b'/', b'/', ..] | [b'<', b'!', b'-', b'-', ..] => self.skip_line(),
                [b'-', b'-', b'>', ..] if self.after_line_end => self.skip_line(),
                [b'/', b'*', ..] => self.skip_comment(),
                _ => return,
            }
        }
    }

    fn skip_comment(&mut self) {
        self.at += 2;
        while self.at < self.code.len() && !self.rest().starts_with(b"*/") {
            self.after_line_end |= self.line_end().is_some();
            self.at += 1;
        }
        self.at = (self.at + 2).min(self.code.len());
    }
}

/// Whether a byte can begin a name. Every character beyond ASCII is taken for a letter.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | b'#' | b'@' | b'\\') || byte >= 0x80
}
