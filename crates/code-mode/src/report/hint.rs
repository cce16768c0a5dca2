//! What to do about mistakes that agents make who take a script for Node.js, a browser or TypeScript.

use contracts::execution::{Failure, FailureKind, Position};

/// Names that a script may look for in vain, with what to do instead.
const MISSING: [(&[&str], &str); 4] = [
    (
        &["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "axios"],
        "Scripts have no network: call a tool that fetches, if there is one.",
    ),
    (
        &["require", "process", "Buffer", "module", "exports", "fs", "path", "Deno", "Bun", "__dirname"],
        "Scripts are not Node.js programs: there are the standard library of JavaScript and `tools`, nothing else.",
    ),
    (
        &["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "sleep"],
        "Scripts have no timers: await the tool calls themselves.",
    ),
    (
        &["window", "document", "localStorage", "navigator", "alert", "self", "global"],
        "Scripts do not run in a browser: there are the standard library of JavaScript and `tools`, nothing else.",
    ),
];

/// Words at which a parser of JavaScript stops in TypeScript.
const TYPESCRIPT: [&str; 10] =
    ["as", "satisfies", "interface", "type", "enum", "declare", "namespace", "abstract", "readonly", "implements"];

/// One sentence to add to the message, where the mistake is a known one.
pub fn hint(code: &str, failure: &Failure) -> Option<&'static str> {
    match failure.kind {
        FailureKind::Syntax => about_syntax(line_around(code, failure.position.as_ref()?)?),
        FailureKind::Runtime => about_name(failure.message.strip_prefix("ReferenceError: ")?),
        _ => None,
    }
}

fn about_name(message: &str) -> Option<&'static str> {
    let name = message.strip_suffix(" is not defined")?.trim_matches('\'');
    MISSING.iter().find(|(names, _)| names.contains(&name)).map(|(_, hint)| *hint)
}

/// The line of the code before and from where the parser stopped.
fn about_syntax((before, after): (&str, &str)) -> Option<&'static str> {
    let first = before.trim_start();
    if starts_with_word(first, "import") || starts_with_word(first, "export") {
        return Some("Scripts cannot import or export: what they can call is in `tools`.");
    }
    let stopped_behind = before.split_whitespace().next_back().is_some_and(|word| TYPESCRIPT.contains(&word));
    let stopped_at = after.starts_with(':') || TYPESCRIPT.iter().any(|word| starts_with_word(after, word));
    (stopped_at || stopped_behind).then_some("Scripts are JavaScript: leave out TypeScript's types.")
}

/// The line in which a position is: before it, and from it on.
fn line_around<'a>(code: &'a str, position: &Position) -> Option<(&'a str, &'a str)> {
    let line = code.split('\n').nth(position.line.checked_sub(1)? as usize)?;
    let column = position.column.saturating_sub(1) as usize;
    let at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    Some(line.split_at(at))
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(kind: FailureKind, message: &str, code: &str, line: u32, column: u32) -> Option<&'static str> {
        let failure = Failure {
            kind,
            message: message.to_string(),
            position: Some(Position { line, column }),
            stack: String::new(),
        };
        hint(code, &failure)
    }

    #[test]
    fn names_of_other_worlds_are_explained() {
        let of = |name: &str| at(FailureKind::Runtime, &format!("ReferenceError: {name} is not defined"), name, 1, 1);
        for (name, word) in
            [("fetch", "network"), ("require", "Node.js"), ("setTimeout", "timers"), ("window", "browser")]
        {
            assert!(of(name).is_some_and(|hint| hint.contains(word)), "{name}");
        }
        assert_eq!(of("fetched"), None);
        assert_eq!(at(FailureKind::Runtime, "TypeError: fetch is not defined", "fetch", 1, 1), None);
    }

    #[test]
    fn types_and_modules_are_explained() {
        for (code, column, word) in [
            ("let x: number = 3", 6, "TypeScript"),
            ("const a = b as Foo", 13, "TypeScript"),
            ("interface Foo { a: 1 }", 11, "TypeScript"),
            ("type A = 1", 6, "TypeScript"),
            ("import x from 'y'", 8, "import"),
            ("  export default 1", 3 + 7, "import"),
        ] {
            let hint = at(FailureKind::Syntax, "SyntaxError: no", &format!("\n{code}"), 2, column);
            assert!(hint.is_some_and(|hint| hint.contains(word)), "{code}: {hint:?}");
        }
        for (code, column) in [("return tools.a.b(", 18), ("x = [1, 2", 10), ("", 1), ("assert ok", 8)] {
            assert_eq!(at(FailureKind::Syntax, "SyntaxError: no", code, 1, column), None, "{code}");
        }
        assert_eq!(at(FailureKind::Syntax, "SyntaxError: no", "a", 7, 1), None);
    }
}
