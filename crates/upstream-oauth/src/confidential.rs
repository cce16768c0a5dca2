use std::collections::HashSet;

/// Shorter pieces of a credential say nothing about it, and turn up by chance.
const TELLING_BYTES: usize = 8;
/// Characters looked at.
const READ_CHARACTERS: usize = 2_000;
/// Characters that an error shows.
const SHOWN_CHARACTERS: usize = 200;

const HIDDEN: &str = "[redacted: it repeats a credential]";

/// Credentials that were sent, in every form in which they were.
#[derive(Default)]
pub(crate) struct Confidential(Vec<String>);

impl Confidential {
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        Self(values.into_iter().filter(|value| !value.is_empty()).collect())
    }

    /// A text of somebody else as an error may show it: one line of limited length. A text that repeats a credential, or
    /// a telling piece of one, is left out as a whole: what else is in it may be the rest.
    pub fn shown(&self, text: &str) -> String {
        let text: String = text.chars().take(READ_CHARACTERS).collect();
        let decoded: String =
            form_urlencoded::parse(text.as_bytes()).map(|(name, value)| format!("{name}={value}&")).collect();
        if self.is_in(&text) || self.is_in(&decoded) {
            return HIDDEN.to_string();
        }
        let words = text.split(|character: char| character.is_whitespace() || character.is_control());
        let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(SHOWN_CHARACTERS) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    fn is_in(&self, text: &str) -> bool {
        let pieces: HashSet<&[u8]> = text.as_bytes().windows(TELLING_BYTES).collect();
        self.0.iter().any(|value| match value.len() {
            0..TELLING_BYTES => text.contains(value.as_str()),
            _ => value.as_bytes().windows(TELLING_BYTES).any(|piece| pieces.contains(piece)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_seen_whole_in_part_and_encoded() {
        let confidential = Confidential::new(["a/secret that=is&long".to_string(), "k3y".to_string(), String::new()]);
        for text in [
            "no: a/secret that=is&long",
            "no: secret t…",
            "client_secret=a%2Fsecret+that%3dis%26long",
            "unknown key k3y.",
            "%6b3y",
        ] {
            assert_eq!(confidential.shown(text), HIDDEN, "{text}");
        }
        assert_eq!(confidential.shown("no\n such\u{7} secret"), "no such secret");
        assert_eq!(confidential.shown(&"é".repeat(300)), format!("{}…", "é".repeat(200)));
        assert_eq!(Confidential::default().shown(""), "");
    }
}
