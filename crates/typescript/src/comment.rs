//! Texts of a server made safe and short for a JSDoc comment.

use crate::literal::is_hidden;

/// Characters of a first sentence.
const MAX_SENTENCE: usize = 160;

/// Words before a full stop that does not end a sentence.
const ABBREVIATIONS: [&str; 7] = ["e.g", "i.e", "etc", "vs", "approx", "incl", "cf"];

/// The first sentence of a text on one line, at most 160 characters, cut between words where it must be.
pub fn first_sentence(text: &str) -> String {
    let paragraph = text.trim_start().split("\n\n").next().unwrap_or_default();
    let line = one_line(paragraph.trim_start_matches(['#', ' ', '*', '-']));
    let mut end = line.len();
    for (at, mark) in line.match_indices(['.', '!', '?']) {
        let after = line[at + mark.len()..].chars().next();
        if after.is_none_or(|after| after == ' ') && !(mark == "." && is_abbreviation(&line[..at])) {
            end = at + mark.len();
            break;
        }
    }
    shortened(&line[..end], MAX_SENTENCE)
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(', ',']).next().unwrap_or_default();
    ABBREVIATIONS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// At most `most` characters, with `…` where something is missing.
pub fn shortened(text: &str, most: usize) -> String {
    let Some((limit, _)) = text.char_indices().nth(most) else {
        return text.to_string();
    };
    let kept = &text[..limit];
    let kept = match kept.rfind(' ') {
        Some(space) if space >= limit / 2 => &kept[..space],
        _ => kept,
    };
    format!("{}…", kept.trim_end_matches([' ', ',', ';', ':']))
}

/// The text on one line, safe inside a comment.
pub fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|character| if is_hidden(character) { ' ' } else { character }).collect();
    safe(&visible.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The lines of a text, safe inside a comment, without blank ones at either end or two in a row.
pub fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let visible: String = line
            .chars()
            .map(|character| if is_hidden(character) && character != '\t' { ' ' } else { character })
            .collect();
        let line = safe(visible.trim_end());
        if !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Without an end of comment, and without the directives that TypeScript obeys in comments (`@ts-ignore`).
fn safe(text: &str) -> String {
    text.replace("*/", "*\\/").replace("@ts-", "ts-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_ends_where_a_reader_would_end_it() {
        assert_eq!(first_sentence("Reads a file, e.g. a log. Then stops."), "Reads a file, e.g. a log.");
        assert_eq!(first_sentence("\n## Purpose\nLists v1.2 files\n\nMore"), "Purpose Lists v1.2 files");
        assert_eq!(first_sentence("No end"), "No end");
        assert_eq!(first_sentence(""), "");
    }

    #[test]
    fn a_long_sentence_is_cut_between_words() {
        let text = "word ".repeat(100);
        let sentence = first_sentence(&text);
        assert!(sentence.ends_with("word…") && sentence.chars().count() <= 161, "{sentence}");
        assert_eq!(shortened("äöüäöü", 3), "äöü…");
    }

    #[test]
    fn nothing_ends_the_comment_or_speaks_to_the_compiler() {
        assert_eq!(one_line("a */ b\u{2028}c\n@ts-expect-error"), "a *\\/ b c ts-expect-error");
        assert_eq!(lines("\n\na */\r\n\n\n b\u{202e}c\n"), ["a *\\/", "", " b c"]);
    }
}
