//! Words of names and texts.

/// Longer words are cut: no query is that long, and a hostile name should cost little.
pub const MAX_CHARACTERS: usize = 32;

/// Calls `take` with every token of a text in lower case: words split at everything that is no letter or
/// digit, at camelCase and between letters and digits. A word that was split inside (`readFile`, `s3`) is
/// given as a whole too, and its parts of one character are not given.
pub fn tokens(text: &str, mut take: impl FnMut(&str)) {
    let mut token = String::with_capacity(MAX_CHARACTERS);
    for word in text.split(|character: char| !is_word(character)).filter(|word| !word.is_empty()) {
        if word.bytes().all(|byte| byte.is_ascii_lowercase()) && word.len() <= MAX_CHARACTERS {
            take(word);
            continue;
        }
        let mut start = 0;
        while start < word.len() {
            let end = start + part_length(&word[start..]);
            if end - start > 1 && (start > 0 || end < word.len()) {
                take(lowered(&word[start..end], &mut token));
            }
            start = end;
        }
        take(lowered(word, &mut token));
    }
}

/// A name as if it were one word: `read_file` is `readfile`.
pub fn together(name: &str) -> String {
    let mut word = String::new();
    let letters: String = name.chars().filter(|character| is_word(*character)).collect();
    lowered(&letters, &mut word).to_string()
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || (!character.is_ascii() && character.is_alphanumeric())
}

fn lowered<'a>(part: &str, token: &'a mut String) -> &'a str {
    token.clear();
    if part.is_ascii() {
        token.push_str(&part[..part.len().min(MAX_CHARACTERS)]);
        token.make_ascii_lowercase();
    } else {
        token.extend(part.chars().flat_map(char::to_lowercase).take(MAX_CHARACTERS));
    }
    token
}

/// How many bytes the first part of a word has: `readHTTPFile2` is `read`, `HTTP`, `File`, `2`.
fn part_length(word: &str) -> usize {
    let mut characters = word.char_indices().peekable();
    let mut before: Option<char> = None;
    while let Some((at, here)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        if before.is_some_and(|before| splits(before, here, next)) {
            return at;
        }
        before = Some(here);
    }
    word.len()
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
        assert_eq!(all("resolve-library.id_x"), ["resolve", "library", "id", "x"]);
        assert_eq!(all("readHTTPFile22"), ["read", "http", "file", "22", "readhttpfile22"]);
        assert_eq!(all("s3 v2"), ["s3", "v2"]);
        assert_eq!(all("Größe größeÄndern"), ["größe", "größe", "ändern", "größeändern"]);
        assert!(all("-- _").is_empty());
        assert_eq!(together("read-HTTP_file"), "readhttpfile");
    }

    #[test]
    fn endless_words_are_cut() {
        assert_eq!(all(&"x".repeat(1_000)), [(&"x".repeat(1_000)[..]),].map(|word| word[..MAX_CHARACTERS].to_string()));
        assert_eq!(all(&"ß".repeat(1_000)), ["ß".repeat(MAX_CHARACTERS)]);
    }
}
