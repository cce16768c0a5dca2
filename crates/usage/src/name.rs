use crate::{Call, FailureKind, Outcome};
use std::borrow::Cow;

/// Most characters of an execution's id in a log line.
pub const MAX_EXECUTION_CHARS: usize = 128;
/// Most characters of a key's id.
pub const MAX_KEY_CHARS: usize = 64;
/// Most characters of a server's alias.
pub const MAX_SERVER_CHARS: usize = 64;
/// Most characters of a tool's name.
pub const MAX_TOOL_CHARS: usize = 256;

/// Stands for the key, server or tool of calls that are counted together, because there are too many rows.
pub const OTHER: &str = "(other)";

/// Stands for the server and the tool of calls to servers that are not there, and for tools and methods that are not
/// known: such names are the client's words, and may be any.
pub const UNKNOWN: &str = "(unknown)";

/// What a row of counters is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub key: String,
    pub server: String,
    pub tool: String,
}

impl Name {
    /// Each part is cut to its length.
    pub fn new(key: &str, server: &str, tool: &str) -> Self {
        Self {
            key: cut(key, MAX_KEY_CHARS).into_owned(),
            server: cut(server, MAX_SERVER_CHARS).into_owned(),
            tool: cut(tool, MAX_TOOL_CHARS).into_owned(),
        }
    }

    pub fn of(call: &Call<'_>) -> Self {
        match call.outcome {
            Outcome::Failed(FailureKind::UnknownServer) => Self::new(call.key, UNKNOWN, UNKNOWN),
            _ => Self::new(call.key, call.server, call.tool),
        }
    }

    /// The row of all other tools of the same key and server.
    pub fn other_tools(&self) -> Self {
        Self { tool: OTHER.to_string(), ..self.clone() }
    }

    /// The row of all other servers of the same key.
    pub fn other_servers(&self) -> Self {
        Self::new(&self.key, OTHER, OTHER)
    }

    /// The row of everything else.
    pub fn other() -> Self {
        Self::new(OTHER, OTHER, OTHER)
    }
}

/// At most so many characters of a text; an ellipsis is the last one of what was longer. Cutting twice is cutting once.
pub(crate) fn cut(text: &str, most_chars: usize) -> Cow<'_, str> {
    if text.len() <= most_chars || text.chars().nth(most_chars).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(most_chars.saturating_sub(1)).chain(['…']).collect())
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn only_what_is_longer_is_cut() {
        for (text, expected) in [("", ""), ("abc", "abc"), ("äöü", "äöü"), ("abcd", "ab…"), ("äöü€", "äö…")]
        {
            assert_eq!(cut(text, 3), expected);
            assert_eq!(cut(expected, 3), expected);
        }
    }
}
