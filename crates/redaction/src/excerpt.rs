/// Characters of an excerpt.
pub(crate) const EXCERPT_CHARACTERS: usize = 200;

/// A text as one line of limited length, without control characters.
pub(crate) fn of(text: &str, is_whole: bool) -> String {
    let words = text.split(|character: char| character.is_whitespace() || character.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT_CHARACTERS) {
        Some((end, _)) if is_whole => format!("{}… {} more bytes", &line[..end], line.len() - end),
        Some((end, _)) => format!("{}… more than {} more bytes", &line[..end], line.len() - end),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_line_that_says_what_is_missing() {
        assert_eq!(of("no\n such\u{7} secret ", true), "no such secret");
        assert_eq!(of("", true), "");
        assert_eq!(of(&"é".repeat(300), true), format!("{}… 200 more bytes", "é".repeat(200)));
        assert_eq!(of(&"x ".repeat(300), false), format!("{}… more than 399 more bytes", "x ".repeat(100)));
    }
}
