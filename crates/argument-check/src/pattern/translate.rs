//! From the patterns of ECMA-262 to those of regex-lite. What has no faithful counterpart is refused.

use super::class;
use std::{iter::Peekable, str::Chars};

/// Counted repetitions are written out when compiled.
const MOST_REPETITIONS: u32 = 2_000;

/// `None`: lookaround, backreferences, `\p{…}`, Python's and PCRE's own, and what is no pattern at all.
pub(super) fn translated(pattern: &str) -> Option<String> {
    let mut translation = Translation {
        rest: pattern.chars().peekable(),
        output: String::new(),
        ignores_case: false,
        beyond_ascii: false,
    };
    translation.run()?;
    // regex-lite ignores the case of ASCII letters only.
    (!(translation.ignores_case && translation.beyond_ascii)).then_some(translation.output)
}

struct Translation<'a> {
    rest: Peekable<Chars<'a>>,
    output: String,
    ignores_case: bool,
    beyond_ascii: bool,
}

enum Escape {
    Character(char),
    Set(Vec<(u32, u32)>),
}

impl Translation<'_> {
    fn run(&mut self) -> Option<()> {
        // Whether something stands before that a quantifier can follow; two in a row are no pattern.
        let mut quantifiable = false;
        while let Some(character) = self.rest.next() {
            quantifiable = match character {
                '^' | '$' | '|' => {
                    self.output.push(character);
                    false
                }
                '(' => {
                    self.group()?;
                    false
                }
                ')' => {
                    self.output.push(')');
                    true
                }
                '*' | '+' | '?' => {
                    self.quantified(quantifiable, &character.to_string())?;
                    false
                }
                '{' => match self.counted()? {
                    Some(count) => {
                        self.quantified(quantifiable, &count)?;
                        false
                    }
                    None => {
                        self.literal('{');
                        true
                    }
                },
                '.' => {
                    class::write(&mut self.output, true, class::LINE_END);
                    true
                }
                '[' => {
                    self.class()?;
                    true
                }
                '\\' => match self.rest.peek()? {
                    'b' | 'B' => {
                        self.output.push('\\');
                        self.output.push(self.rest.next()?);
                        false
                    }
                    _ => {
                        match self.escape()? {
                            Escape::Character(character) => self.literal(character),
                            Escape::Set(set) => class::write(&mut self.output, false, &set),
                        }
                        true
                    }
                },
                other => {
                    self.literal(other);
                    true
                }
            };
        }
        Some(())
    }

    fn literal(&mut self, character: char) {
        if character.is_ascii_alphanumeric() {
            self.output.push(character);
        } else {
            self.beyond_ascii |= !character.is_ascii();
            self.output.push_str(&format!("\\x{{{:x}}}", u32::from(character)));
        }
    }

    /// Greedy or not makes no difference to whether something is found.
    fn quantified(&mut self, quantifiable: bool, quantifier: &str) -> Option<()> {
        self.rest.next_if_eq(&'?');
        self.output.push_str(quantifier);
        quantifiable.then_some(())
    }

    /// What follows `{`: a count, or `None` when the brace stands for itself. `{,n}` means different things to
    /// different engines.
    fn counted(&mut self) -> Option<Option<String>> {
        let ahead: String = self.rest.clone().take_while(|character| *character != '}').take(12).collect();
        let closed = self.rest.clone().nth(ahead.chars().count()) == Some('}');
        let (min, max) = match ahead.split_once(',') {
            Some((min, max)) => (min, Some(max)),
            None => (ahead.as_str(), None),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !closed || !digits(min) || !digits(max.unwrap_or_default()) || ahead.is_empty() {
            return Some(None);
        }
        let min: u32 = min.parse().ok()?;
        let max = match max {
            None => Some(min),
            Some("") => None,
            Some(max) => Some(max.parse().ok()?),
        };
        if max.unwrap_or(min) < min || max.unwrap_or(min) > MOST_REPETITIONS {
            return None;
        }
        self.rest.nth(ahead.len());
        Some(Some(match max {
            Some(max) => format!("{{{min},{max}}}"),
            None => format!("{{{min},}}"),
        }))
    }

    /// What follows `(`. Nothing asks for what a group has captured.
    fn group(&mut self) -> Option<()> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.output.push_str("(?:");
            return Some(());
        }
        if self.rest.next_if_eq(&'P').is_some() && self.rest.peek() != Some(&'<') {
            return None;
        }
        match self.rest.next()? {
            ':' => self.output.push_str("(?:"),
            '<' => {
                let word = |character: &char| character.is_alphanumeric() || matches!(character, '_' | '$');
                self.rest.next_if(word)?;
                while self.rest.next_if(word).is_some() {}
                self.rest.next_if_eq(&'>')?;
                self.output.push_str("(?:");
            }
            'i' => {
                self.ignores_case = true;
                self.output.push_str("(?i");
                match self.rest.next()? {
                    ':' => self.output.push(':'),
                    ')' => self.output.push(')'),
                    _ => return None,
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// What follows `[`.
    fn class(&mut self) -> Option<()> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut set = Vec::new();
        loop {
            let first = match self.rest.next()? {
                ']' => break,
                // A POSIX class to other engines.
                '[' if self.rest.peek() == Some(&':') => return None,
                '\\' => self.escape_in_class()?,
                other => Escape::Character(other),
            };
            let mut ahead = self.rest.clone();
            let ranges = ahead.next() == Some('-') && ahead.next().is_some_and(|character| character != ']');
            match first {
                Escape::Set(_) if ranges => return None,
                Escape::Set(members) => set.extend(members),
                Escape::Character(first) if ranges => {
                    self.rest.next();
                    let last = match self.rest.next()? {
                        '\\' => match self.escape_in_class()? {
                            Escape::Character(last) => last,
                            Escape::Set(_) => return None,
                        },
                        last => last,
                    };
                    self.beyond_ascii |= !last.is_ascii();
                    set.push((first <= last).then_some((u32::from(first), u32::from(last)))?);
                }
                Escape::Character(one) => {
                    self.beyond_ascii |= !one.is_ascii();
                    set.push((u32::from(one), u32::from(one)));
                }
            }
        }
        class::write(&mut self.output, negated, &set);
        Some(())
    }

    fn escape_in_class(&mut self) -> Option<Escape> {
        match self.rest.next_if_eq(&'b') {
            Some(_) => Some(Escape::Character('\u{8}')),
            None => self.escape(),
        }
    }

    /// What follows `\`.
    fn escape(&mut self) -> Option<Escape> {
        let letter = self.rest.next()?;
        if let Some(set) = class::of_escape(letter) {
            return Some(Escape::Set(set));
        }
        Some(Escape::Character(match letter {
            't' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => '\0',
            'c' => char::from(self.rest.next().filter(char::is_ascii_alphabetic)? as u8 % 32),
            'x' => char::from_u32(self.hexadecimal(2)?)?,
            'u' => self.unicode()?,
            other if other.is_ascii_alphanumeric() => return None,
            other => other,
        }))
    }

    fn unicode(&mut self) -> Option<char> {
        if self.rest.next_if_eq(&'{').is_some() {
            let digits: String = self.rest.by_ref().take_while(|character| *character != '}').take(7).collect();
            return char::from_u32(u32::from_str_radix(&digits, 16).ok()?);
        }
        let unit = self.hexadecimal(4)?;
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }
        (self.rest.next()? == '\\' && self.rest.next()? == 'u').then_some(())?;
        let low = self.hexadecimal(4)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        (0..digits).try_fold(0, |value, _| Some(value * 16 + self.rest.next()?.to_digit(16)?))
    }
}
