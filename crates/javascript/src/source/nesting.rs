//! How deep code nests, before QuickJS's parser recurses over it.
//!
//! The parser's own check sees the shadow stack only, of which it needs little; the native stack beside it
//! would overflow first. What counts here is whatever makes the parser recurse: brackets, and within them
//! the operators and statements that take what follows as a part of themselves.

use super::before::{Before, is_operator_word, is_statement_word};
use super::lexer::{Lexer, Slash, Token};

/// What the parser may recurse. An operator costs one, a bracket [`BRACKET`].
const LIMIT: usize = 1500;

/// What a bracket costs: each goes through all levels of precedence.
const BRACKET: usize = 10;

/// Slashes that may be of two kinds, each of which doubles the ways to read the code.
const FORKS: usize = 32;

/// Where the code nests too deeply, in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooDeep(pub(super) usize);

/// Checks that the parser can take the code, whichever way its slashes are read.
pub(super) fn check(code: &str) -> Result<(), TooDeep> {
    let mut readings = vec![Reading::new(code)];
    let mut forks = 0;
    while let Some(mut reading) = readings.pop() {
        while let Some(fork) = reading.advance()? {
            forks += 1;
            if forks > FORKS {
                return Err(TooDeep(reading.lexer.offset()));
            }
            readings.push(fork);
        }
    }
    Ok(())
}

/// Where the first bracket is that closes nothing, in bytes; of slashes that may be of two kinds the likelier is taken.
pub(super) fn unmatched(code: &str) -> Option<usize> {
    let mut reading = Reading::new(code);
    while reading.advance().ok()?.is_some() {}
    reading.unmatched
}

/// One way to read the code, up to some place.
#[derive(Clone)]
struct Reading<'a> {
    lexer: Lexer<'a>,
    levels: Vec<Level>,
    depth: usize,
    before: Before<'a>,
    /// Whether a semicolon was the last token: an `else` may still go on.
    is_ended: bool,
    /// Where more was closed than opened.
    unmatched: Option<usize>,
}

/// An open bracket.
#[derive(Clone, Copy, Default)]
struct Level {
    is_template: bool,
    /// Whether it is the head of an `if`, `for`, `while` or `with`.
    is_head: bool,
    /// Operators that wait for their operand to end.
    chain: usize,
}

impl<'a> Reading<'a> {
    fn new(code: &'a str) -> Self {
        Self {
            lexer: Lexer::new(code),
            levels: vec![Level::default()],
            depth: 0,
            before: Before::Operator,
            is_ended: false,
            unmatched: None,
        }
    }

    /// Reads on to the end, or to a slash that may be of two kinds: then gives the other reading.
    fn advance(&mut self) -> Result<Option<Self>, TooDeep> {
        loop {
            let fork = self.fork();
            let slash = if self.before.slash_begins() { Slash::Begins } else { Slash::Divides };
            let Some(token) = self.lexer.next(slash) else { return Ok(fork) };
            self.take(token)?;
            if fork.is_some() {
                return Ok(fork);
            }
        }
    }

    /// When a slash comes next that may also begin a regular expression: this reading after it.
    fn fork(&mut self) -> Option<Self> {
        if !self.before.slash_is_open() || !self.lexer.is_at_slash() {
            return None;
        }
        let mut fork = self.clone();
        match fork.lexer.next(Slash::Begins) {
            Some(Token::Literal) => {
                fork.before = Before::Operand;
                Some(fork)
            }
            _ => None,
        }
    }

    fn take(&mut self, token: Token<'a>) -> Result<(), TooDeep> {
        let is_ended = std::mem::take(&mut self.is_ended) && token != Token::Word("else");
        if is_ended || self.lexer.after_line_end && self.ends_statement(token) {
            self.end_chain();
        }
        match token {
            Token::Open(bracket) => {
                let is_head = bracket == b'(' && matches!(self.before, Before::Word("if" | "for" | "while" | "with"));
                self.levels.push(Level { is_template: bracket == b'$', is_head, chain: 0 });
                self.deepen(BRACKET)?;
                self.before = Before::Operator;
            }
            Token::Close => self.close()?,
            Token::Literal => self.before = Before::Operand,
            Token::Word(word) => self.word(word)?,
            Token::Punctuator(punctuator) => self.punctuator(punctuator)?,
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), TooDeep> {
        let is_brace = self.lexer.offset().checked_sub(1).is_some_and(|at| self.lexer.byte(at) == b'}');
        if self.levels.len() < 2 {
            // More is closed than was opened: that is for the parser to say.
            self.unmatched.get_or_insert(self.lexer.offset() - 1);
            self.before = Before::Brace;
            return Ok(());
        }
        let Some(level) = self.levels.pop() else { return Ok(()) };
        self.depth -= level.chain + BRACKET;
        if level.is_template && is_brace {
            let token = self.lexer.template();
            self.before = Before::Operand;
            return match token {
                Token::Open(_) => self.take(token),
                _ => Ok(()),
            };
        }
        self.before = if level.is_head {
            Before::Head
        } else if is_brace {
            Before::Brace
        } else {
            Before::Operand
        };
        Ok(())
    }

    fn word(&mut self, word: &'a str) -> Result<(), TooDeep> {
        if self.before == Before::Dot {
            self.before = Before::Operand;
            return Ok(());
        }
        // `for await (` is the head of a loop like `for (`.
        let word = if word == "await" && self.before == Before::Word("for") { "for" } else { word };
        if is_operator_word(word) || is_statement_word(word) {
            self.deepen(1)?;
        }
        self.before = Before::Word(word);
        Ok(())
    }

    fn punctuator(&mut self, punctuator: &'a str) -> Result<(), TooDeep> {
        match punctuator {
            ";" => self.is_ended = true,
            "," => self.end_chain(),
            "++" | "--" => {
                self.deepen(1)?;
                self.before = Before::Step;
                return Ok(());
            }
            "." | "?." => {
                self.before = Before::Dot;
                return Ok(());
            }
            "!" | "~" | "?" | ":" | "=>" | "**" => self.deepen(1)?,
            "+" | "-" if !self.before.ends_operand() => self.deepen(1)?,
            other if is_assignment(other) => self.deepen(1)?,
            _ => {}
        }
        self.before = Before::Operator;
        Ok(())
    }

    /// Whether a statement ends before this token, which begins a line.
    fn ends_statement(&self, token: Token<'a>) -> bool {
        let goes_on = ["in", "instanceof", "of", "else", "catch", "finally", "extends", "while", "as"];
        self.before.ends_operand() && matches!(token, Token::Word(word) if !goes_on.contains(&word))
    }

    fn end_chain(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            self.depth -= std::mem::take(&mut level.chain);
        }
    }

    fn deepen(&mut self, by: usize) -> Result<(), TooDeep> {
        self.depth += by;
        if by != BRACKET
            && let Some(level) = self.levels.last_mut()
        {
            level.chain += by;
        }
        if self.depth > LIMIT { Err(TooDeep(self.lexer.offset())) } else { Ok(()) }
    }
}

fn is_assignment(punctuator: &str) -> bool {
    punctuator.ends_with('=') && !matches!(punctuator, "==" | "===" | "!=" | "!==" | "<=" | ">=")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_fine(code: &str) -> bool {
        check(code).is_ok()
    }

    #[test]
    fn brackets_and_prefixes_are_bounded() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("f({a: [", "]})"),
            ("`${", "}`"),
            ("() => {", "}"),
            ("(function () {", "})"),
        ] {
            assert!(is_fine(&(open.repeat(40) + "1" + &close.repeat(40))), "{open}");
            assert!(!is_fine(&(open.repeat(400) + "1" + &close.repeat(400))), "{open}");
        }
        for prefix in
            ["!", "- ", "typeof ", "a = ", "1 ? 2 : ", "2 ** ", "if (1) ", "if (0); else ", "() => ", "++", "a:"]
        {
            assert!(is_fine(&(prefix.repeat(100) + "x")), "{prefix}");
            assert!(!is_fine(&(prefix.repeat(4000) + "x")), "{prefix}");
        }
    }

    #[test]
    fn long_flat_code_is_fine() {
        for line in [
            "const a = b ? c : !d;\n",
            "x = await f(y)\n",
            "if (a) { b = 1 } else if (c) { d = 2 }\n",
            "list.push({a: 1, b: [1, 2], c: x => x + 1})\n",
            "s += '(' + \"[\" + `{${a}` + /[({]/.source\n",
            "// ((((((\n/* [[[[[ */ y = a / b / c\n",
            "a = 1, b = -2\n",
            "for (const x of xs) if (x) y++\n",
        ] {
            assert!(is_fine(&line.repeat(3000)), "{line}");
        }
        assert!(is_fine(&format!("x = [{}]", "{\"a\": 1, \"b\": [2]},\n".repeat(5000))));
        assert!(is_fine(&format!("x = {}1", "1 + ".repeat(20_000))));
        assert!(is_fine(&format!("x = {}1", "a && b || ".repeat(20_000))));
    }

    #[test]
    fn nothing_hides_in_a_slash_read_the_wrong_way() {
        let deep = "(".repeat(400);
        for before in ["a++ /1/ ", "{} /'/ ", "a++ /\"/; ", "x = {} / 2; ", "if (x) /'/ ", "await /`/ ", "let /'/1; "] {
            assert!(!is_fine(&format!("{before}{deep}")), "{before}");
        }
        assert!(!is_fine(&format!("<!-- `\n{deep}")));
        assert!(!is_fine(&format!("1\n--> `\n{deep}")));
        assert!(!is_fine(&format!("// \u{2028}{deep}")));
        assert!(!is_fine(&format!("f.if(x) / 2 + '/' + {deep}")));
    }
}
