//! Names and literals as TypeScript writes them, whatever text they come from.

use std::collections::HashMap;
use std::fmt::Write;
use tool_names::is_identifier;

/// Longest name of a named type.
const MAX_TYPE_NAME: usize = 40;

/// Words that cannot name a function, variable or namespace, that strict code and modules keep for themselves,
/// or that are operators in front of a type (`keyof.Args` is no name).
const RESERVED: [&str; 58] = [
    "arguments",
    "as",
    "asserts",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "declare",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "globalThis",
    "if",
    "implements",
    "import",
    "in",
    "infer",
    "instanceof",
    "interface",
    "keyof",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "readonly",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "unique",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Names of types that a named type must not hide, or that cannot be declared.
const TYPE_NAMES: [&str; 13] = [
    "Record", "Promise", "Array", "any", "bigint", "boolean", "is", "never", "number", "object", "string", "symbol",
    "unknown",
];

/// A string literal in double quotes.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            hidden if is_hidden(hidden) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(hidden));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
    out
}

/// Characters that end a line, cannot be seen, or turn the direction of what follows.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The name of a property in an object type: as it is, or in quotes.
pub fn property_name(name: &str) -> String {
    if is_identifier(name) { name.to_string() } else { string(name) }
}

/// Whether an identifier cannot be the name of a function.
pub fn is_reserved(identifier: &str) -> bool {
    RESERVED.contains(&identifier)
}

/// An identifier that can name a type, near to the wish.
pub fn type_name(wish: &str) -> String {
    let mut name: String = wish
        .chars()
        .take(MAX_TYPE_NAME)
        .map(|character| if character.is_ascii_alphanumeric() || character == '$' { character } else { '_' })
        .collect();
    if !is_identifier(&name) {
        name.insert(0, '_');
    }
    if is_reserved(&name) || TYPE_NAMES.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

/// Names that are given out once each.
#[derive(Debug, Default)]
pub struct Names {
    /// How often a name was asked for, or given.
    counts: HashMap<String, usize>,
}

impl Names {
    /// The wished name, with `_2`, `_3`, … where it is taken.
    pub fn unused(&mut self, wish: &str) -> String {
        let mut name = wish.to_string();
        while self.counts.contains_key(&name) {
            let count = self.counts.entry(wish.to_string()).or_default();
            *count += 1;
            name = format!("{wish}_{count}");
        }
        self.counts.insert(name.clone(), 1);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string("a\"\\\n\u{2028}\u{202e}😀`${x}"), r#""a\"\\\n\u{2028}\u{202e}😀`${x}""#);
    }

    #[test]
    fn type_names_are_identifiers_that_hide_nothing() {
        assert_eq!(type_name("User-Profile"), "User_Profile");
        assert_eq!(type_name("0"), "_0");
        assert_eq!(type_name(""), "_");
        assert_eq!(type_name("Record"), "Record_");
        assert_eq!(type_name("class"), "class_");
    }

    #[test]
    fn names_are_given_once() {
        let mut names = Names::default();
        let given: Vec<String> = ["a", "a", "a_2", "a", "b"].iter().map(|wish| names.unused(wish)).collect();
        assert_eq!(given, ["a", "a_2", "a_2_2", "a_3", "b"]);
    }
}
