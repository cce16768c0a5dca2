//! Words of names and texts.

use crate::stem::stem;

/// Longer words are cut: no query is that long, and a hostile name should cost little.
const MAX_TOKEN_CHARACTERS: usize = 32;

/// Calls `take` with every token of a text, lower-case and stemmed: words split at everything that is no
/// letter or digit, at camelCase and between letters and digits. A word that was split inside (`readFile`,
/// `s3`) is given as a whole too.
pub fn tokens(text: &str, mut take: impl FnMut(&str)) {
    let mut token = String::new();
    for word in text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut start = 0;
        let mut parts = 0;
        for end in boundaries(word) {
            emit(&word[start..end], &mut token, &mut take);
            start = end;
            parts += 1;
        }
        if parts > 1 {
            emit(word, &mut token, &mut take);
        }
    }
}

fn emit(part: &str, token: &mut String, take: &mut impl FnMut(&str)) {
    token.clear();
    token.extend(part.chars().take(MAX_TOKEN_CHARACTERS).flat_map(char::to_lowercase));
    take(stem(token));
}

/// Where the parts of a word end: `readHTTPFile2` is `read`, `HTTP`, `File`, `2`.
fn boundaries(word: &str) -> impl Iterator<Item = usize> {
    let mut characters = word.char_indices().peekable();
    let mut before: Option<char> = None;
    std::iter::from_fn(move || {
        for (at, character) in characters.by_ref() {
            // The character after this one is needed for the end of an acronym, so ends are found one late.
            let next = word[at + character.len_utf8()..].chars().next();
            let ends = before.is_some_and(|before| splits(before, character, next));
            before = Some(character);
            if ends {
                return Some(at);
            }
        }
        before.take().map(|_| word.len())
    })
}

fn splits(before: char, here: char, next: Option<char>) -> bool {
    let digit = before.is_numeric() != here.is_numeric();
    let camel = before.is_lowercase() && here.is_uppercase();
    let acronym = before.is_uppercase() && here.is_uppercase() && next.is_some_and(char::is_lowercase);
    digit || camel || acronym
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        tokens(text, |token| found.push(token.to_string()));
        found
    }

    #[test]
    fn names_split_at_separators_case_and_digits() {
        assert_eq!(all("resolve-library.id_x"), ["resolv", "librar", "id", "x"]);
        assert_eq!(all("readHTTPFile2"), ["read", "http", "fil", "2", "readhttpfile2"]);
        assert_eq!(all("s3"), ["s", "3", "s3"]);
        assert_eq!(all("größeÄndern"), ["größe", "ändern", "größeändern"]);
        assert!(all("-- _").is_empty());
    }

    #[test]
    fn endless_words_are_cut() {
        assert_eq!(all(&"x".repeat(1_000)), ["x".repeat(MAX_TOKEN_CHARACTERS)]);
    }
}
