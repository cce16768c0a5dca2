//! A light stemmer for English: plurals, and the endings of verbs.

/// The part of a lower-case word that its forms share: `file` and `files` give `fil`, `create`, `created`
/// and `creating` give `creat`. It shortens only, so it needs no memory.
pub fn stem(word: &str) -> &str {
    if word.len() < 4 || !word.is_ascii() || word == "news" {
        return word;
    }
    let singular = without_plural(word);
    let verb = without_ending(singular);
    match verb.strip_suffix(['e', 'y', 'i']) {
        Some(short) if short.len() >= 3 => short,
        _ => verb,
    }
}

fn without_plural(word: &str) -> &str {
    if let Some(base) = word.strip_suffix("ies").filter(|base| base.len() >= 3) {
        return &word[..base.len() + 1];
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return &word[..word.len() - 2];
        }
    }
    match word.strip_suffix('s') {
        Some(base) if !base.ends_with(['s', 'u', 'i']) => base,
        _ => word,
    }
}

fn without_ending(word: &str) -> &str {
    for ending in ["ing", "ed"] {
        let Some(base) = word.strip_suffix(ending) else { continue };
        if base.len() < 3 || !base.contains(['a', 'e', 'i', 'o', 'u', 'y']) {
            continue;
        }
        let bytes = base.as_bytes();
        let doubled = bytes[bytes.len() - 1] == bytes[bytes.len() - 2];
        let keeps_double = base.ends_with(['l', 's', 'z']);
        return if doubled && !keeps_double { &base[..base.len() - 1] } else { base };
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for forms in [
            &["file", "files"] as &[&str],
            &["create", "creates", "created", "creating"],
            &["directory", "directories"],
            &["query", "queries", "queried", "querying"],
            &["branch", "branches"],
            &["list", "lists", "listed", "listing"],
            &["run", "runs", "running"],
            &["process", "processes", "processing"],
            &["image", "images"],
            &["search", "searches", "searching"],
        ] {
            for form in forms {
                assert_eq!(stem(form), stem(forms[0]), "{form}");
            }
        }
    }

    #[test]
    fn different_words_stay_different() {
        for (one, other) in [("status", "state"), ("bus", "buy"), ("string", "str"), ("need", "nee"), ("this", "thi")] {
            assert_ne!(stem(one), stem(other));
        }
    }
}
