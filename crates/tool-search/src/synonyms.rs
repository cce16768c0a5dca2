//! Words that servers use for the same thing.

/// Groups of words that mean nearly the same in the name of a tool, as stems.
const GROUPS: [&[&str]; 13] = [
    &["get", "fetch", "read", "retriev", "show", "view"],
    &["list", "show", "get"],
    &["creat", "add", "mak", "new", "insert"],
    &["delet", "remov", "drop", "eras"],
    &["updat", "edit", "modif", "chang", "patch", "set"],
    &["search", "find", "quer", "lookup"],
    &["send", "post", "push", "publish"],
    &["run", "execut", "start", "launch"],
    &["mov", "renam"],
    &["director", "folder", "dir"],
    &["repositor", "repo", "project"],
    &["webpag", "pag", "websit", "sit"],
    &["document", "doc"],
];

/// The other words of every group that a stem is in.
pub fn synonyms(stem: &str) -> impl Iterator<Item = &'static str> {
    GROUPS
        .iter()
        .filter(move |group| group.contains(&stem))
        .flat_map(|group| group.iter().copied())
        .filter(move |word| *word != stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stem::stem;

    #[test]
    fn the_groups_hold_stems() {
        for word in GROUPS.iter().copied().flatten() {
            assert!(["", "e", "y"].iter().any(|ending| stem(&format!("{word}{ending}")) == *word), "{word}");
        }
    }

    #[test]
    fn synonyms_come_from_every_group() {
        let found: Vec<&str> = synonyms("show").collect();
        assert!(found.contains(&"list") && found.contains(&"read") && !found.contains(&"show"), "{found:?}");
        assert_eq!(synonyms("calendar").count(), 0);
    }
}
