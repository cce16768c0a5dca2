//! What the token before tells of the next one.

/// The token before the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Before<'a> {
    /// Something that an operand must follow.
    Operator,
    /// The end of an operand.
    Operand,
    /// The end of the head of a statement.
    Head,
    /// A closing brace: the end of an operand, or of a block.
    Brace,
    /// `++` or `--`, before or after their operand.
    Step,
    /// A word.
    Word(&'a str),
    /// A dot, after which a word is a name.
    Dot,
}

impl Before<'_> {
    /// Whether a slash that comes next begins a regular expression.
    pub(super) fn slash_begins(self) -> bool {
        match self {
            Self::Operator | Self::Head => true,
            Self::Word(word) => is_operator_word(word) || matches!(word, "return" | "throw" | "case" | "else" | "do"),
            Self::Operand | Self::Brace | Self::Step | Self::Dot => false,
        }
    }

    /// Whether a slash that comes next may also be of the other kind than [`Self::slash_begins`] says.
    pub(super) fn slash_is_open(self) -> bool {
        match self {
            Self::Brace | Self::Step => true,
            Self::Word(word) => matches!(word, "await" | "yield" | "of" | "let" | "async" | "static"),
            _ => false,
        }
    }

    /// Whether an operand ends here.
    pub(super) fn ends_operand(self) -> bool {
        match self {
            Self::Operand | Self::Brace | Self::Step => true,
            Self::Word(word) => !is_operator_word(word) && !is_statement_word(word),
            Self::Operator | Self::Head | Self::Dot => false,
        }
    }
}

/// Whether a word takes what follows as its operand.
pub(super) fn is_operator_word(word: &str) -> bool {
    matches!(word, "typeof" | "void" | "delete" | "await" | "yield" | "new" | "in" | "instanceof" | "of" | "async")
}

/// Whether a word takes what follows as its body.
pub(super) fn is_statement_word(word: &str) -> bool {
    matches!(
        word,
        "if" | "else" | "for" | "while" | "do" | "with" | "switch" | "case" | "try" | "class" | "extends" | "function"
    )
}
