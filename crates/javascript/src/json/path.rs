use std::fmt::Write;

use tool_names::is_identifier;

/// One step down into a value.
pub(super) enum Step {
    Index(usize),
    Key(String),
}

/// Steps that are shown of a path.
const SHOWN_STEPS: usize = 12;

/// Characters that are shown of a key.
const SHOWN_CHARACTERS: usize = 40;

/// Where in a value something is, as an expression: `result.items[3]`.
pub(super) fn expression(root: &str, steps: impl Iterator<Item = Step>) -> String {
    let mut path = root.to_string();
    for (index, step) in steps.enumerate() {
        if index == SHOWN_STEPS {
            path.push('…');
            break;
        }
        // Writing to a String cannot fail.
        let _ = match step {
            Step::Index(index) => write!(path, "[{index}]"),
            Step::Key(key) if is_identifier(&key) => write!(path, ".{}", shortened(&key)),
            Step::Key(key) => write!(path, "[{:?}]", shortened(&key)),
        };
    }
    path
}

fn shortened(key: &str) -> String {
    match key.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &key[..end]),
        None => key.to_string(),
    }
}
