use std::fmt::Write;

use tool_names::is_identifier;

/// Where in a value something is, as an expression: `result.items[3]`.
pub(crate) fn expression<'a>(root: &str, steps: impl Iterator<Item = Step<'a>>) -> String {
    let mut path = root.to_string();
    for step in steps {
        // Writing to a String cannot fail.
        let _ = match step {
            Step::Index(index) => write!(path, "[{index}]"),
            Step::Key(key) if is_identifier(key) => write!(path, ".{key}"),
            Step::Key(key) => write!(path, "[{:?}]", shortened(key)),
        };
    }
    path
}

/// One step down into a value.
pub(crate) enum Step<'a> {
    Index(usize),
    Key(&'a str),
}

fn shortened(key: &str) -> String {
    const SHOWN_CHARACTERS: usize = 40;
    match key.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &key[..end]),
        None => key.to_string(),
    }
}
