//! JSDoc comments: short ones beside parameters of a signature, whole ones in full detail.

use crate::Detail;
use crate::comment;
use crate::types::Docs;

/// Characters of a parameter's comment in a signature; a longer one is left to `full`.
const SHORT: usize = 50;

/// Characters of a parameter's description, and of a tag, in full detail.
const MAX_DESCRIPTION: usize = 1_000;
const MAX_TAG: usize = 200;

/// Words that say nothing about a parameter.
const FILLERS: [&str; 16] =
    ["a", "an", "and", "be", "for", "id", "in", "name", "of", "on", "optional", "the", "this", "to", "use", "value"];

/// The lines of a comment about a property; none where there is nothing to say at this detail.
pub fn lines(docs: &Docs, name: &str, detail: Detail) -> Vec<String> {
    match detail {
        Detail::Signature => short(docs, name).into_iter().collect(),
        Detail::Full => whole(docs),
    }
}

/// A comment of some lines, each indented.
pub fn block(lines: &[String], indent: usize, out: &mut String) {
    let indent = " ".repeat(indent);
    match lines {
        [] => {}
        [one] => *out += &format!("{indent}/** {one} */\n"),
        more => {
            *out += &format!("{indent}/**\n");
            for line in more {
                *out += format!("{indent} * {line}").trim_end();
                *out += "\n";
            }
            *out += &format!("{indent} */\n");
        }
    }
}

fn whole(docs: &Docs) -> Vec<String> {
    let description = docs.description.as_deref().map(|text| comment::shortened(text, MAX_DESCRIPTION));
    let mut lines = description.as_deref().map(comment::lines).unwrap_or_default();
    for (tag, text) in &docs.tags {
        let text = comment::shortened(&comment::one_line(text), MAX_TAG);
        lines.push(format!("@{tag} {text}").trim_end().to_string());
    }
    lines
}

/// What a signature says of a parameter: a short description that says more than its name, or the format.
fn short(docs: &Docs, name: &str) -> Option<String> {
    if docs.tag("deprecated").is_some() {
        return Some("@deprecated".to_string());
    }
    let described = docs.description.as_deref().map(comment::one_line).unwrap_or_default();
    if described.chars().count() <= SHORT && says_more_than(&described, name) {
        return Some(described);
    }
    let format = docs.tag("format").map(comment::one_line)?;
    (!format.is_empty() && format.chars().count() <= SHORT && says_more_than(&format, name)).then_some(format)
}

/// Whether a description has a word that the name has not ("The path of the file" says nothing about `file_path`).
fn says_more_than(description: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    description
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .any(|word| !name.contains(word.as_str()) && !FILLERS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str) -> Docs {
        Docs { description: Some(text.to_string()), tags: Vec::new() }
    }

    #[test]
    fn a_signature_shows_short_descriptions_that_say_something() {
        assert_eq!(short(&described("The path of the file"), "file_path"), None);
        assert_eq!(short(&described("Absolute path"), "path"), Some("Absolute path".to_string()));
        assert_eq!(short(&described(&"long ".repeat(20)), "path"), None);
    }

    #[test]
    fn a_signature_shows_a_format_where_nothing_else_is_shown() {
        let docs = Docs { description: Some("long ".repeat(20)), tags: vec![("format", "date-time".to_string())] };
        assert_eq!(short(&docs, "since"), Some("date-time".to_string()));
    }

    #[test]
    fn full_detail_shows_everything_one_tag_to_a_line() {
        let tags = vec![("default", "\"a */\\n\"".to_string()), ("uniqueItems", String::new())];
        let docs = Docs { description: Some("One.\n\n\nTwo.".to_string()), tags };
        assert_eq!(whole(&docs), ["One.", "", "Two.", "@default \"a *\\/\\n\"", "@uniqueItems"]);
    }
}
