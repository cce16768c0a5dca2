//! Which servers a script mentions, so that a run loads the catalogs of those only.
//!
//! This reads text, not JavaScript: it may name a server that the script never calls (in a comment, say),
//! which costs a load. Where the text does not tell, all servers count as mentioned.

use tool_names::Scope;

/// The aliases that the code mentions, in the given order.
pub fn mentioned<'a>(code: &str, aliases: &[&'a str]) -> Vec<&'a str> {
    let scope = Scope::new(aliases.iter().copied());
    let mut found: Vec<&str> = Vec::new();
    for (start, word) in words(code) {
        match word {
            "globalThis" => return aliases.to_vec(),
            "tools" => match server_after(&code[start + word.len()..]) {
                Some(written) => found.extend(scope.resolve(written)),
                None => return aliases.to_vec(),
            },
            _ => found.extend(aliases.iter().filter(|alias| is_flat_name_of(word, &scope, alias))),
        }
    }
    aliases.iter().copied().filter(|alias| found.contains(alias)).collect()
}

/// `<server>_<tool>`.
fn is_flat_name_of(word: &str, scope: &Scope, alias: &str) -> bool {
    let identifier = scope.identifier(alias).unwrap_or(alias);
    word.strip_prefix(identifier).is_some_and(|rest| rest.starts_with('_'))
}

/// The identifiers of the code with their offsets.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    code.split(move |c| !is_part(c))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr().addr() - code.as_ptr().addr(), word))
}

/// What `.name`, `?.name` or `["name"]` behind `tools` names; `None` when something else follows.
fn server_after(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("?.").or_else(|| rest.strip_prefix('.')).unwrap_or(rest).trim_start();
    if let Some(bracket) = rest.strip_prefix('[') {
        let bracket = bracket.trim_start();
        let quote = bracket.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (name, _) = bracket[1..].split_once(quote)?;
        return (!name.contains('\\')).then_some(name);
    }
    words(rest).next().filter(|(start, _)| *start == 0).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::mentioned;

    const ALIASES: [&str; 4] = ["files", "git", "my-srv", "time"];

    fn assert_mentions(code: &str, expected: &[&str]) {
        assert_eq!(mentioned(code, &ALIASES), expected, "{code}");
    }

    #[test]
    fn names_behind_tools_are_mentioned() {
        assert_mentions("return 1", &[]);
        assert_mentions("await tools.git.log({})", &["git"]);
        assert_mentions("tools\n  .files . read({}); tools?.time?.now()", &["files", "time"]);
        assert_mentions("tools[\"my-srv\"]['a-b'](); tools.my_srv.x()", &["my-srv"]);
        assert_mentions("tools.nope.x()", &[]);
    }

    #[test]
    fn flat_names_are_mentioned() {
        assert_mentions("git_log({})", &["git"]);
        assert_mentions("my_srv_lookup()", &["my-srv"]);
        assert_mentions("digit_log(); const timer = 1", &[]);
    }

    #[test]
    fn what_the_text_does_not_tell_means_all() {
        for code in [
            "Object.keys(tools)",
            "const { git } = tools",
            "tools[name].x()",
            "globalThis['to' + 'ols']",
            "tools['g\\x69t']",
        ] {
            assert_mentions(code, &ALIASES);
        }
    }
}
