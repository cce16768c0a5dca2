use std::collections::{BTreeSet, HashMap};

/// Names that live side by side (all servers, or the tools of one server), with an identifier for each.
///
/// The result depends on the set of names alone, never on their order: a name that is an identifier keeps
/// it; the others take their sanitised form in order of their bytes, with `_2`, `_3`, … appended where
/// that form is taken.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    identifier_of: HashMap<String, String>,
    name_of: HashMap<String, String>,
}

impl Scope {
    /// Gives every distinct name its identifier.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let mut scope = Scope::default();
        for name in names.iter().filter(|name| keeps_its_name(name)) {
            scope.add(name, (*name).to_string());
        }
        for name in names.iter().filter(|name| !keeps_its_name(name)) {
            let plain = sanitise(name);
            let mut candidate = plain.clone();
            let mut count = 2;
            while scope.name_of.contains_key(&candidate) {
                candidate = format!("{plain}_{count}");
                count += 1;
            }
            scope.add(name, candidate);
        }
        scope
    }

    fn add(&mut self, name: &str, identifier: String) {
        self.name_of.insert(identifier.clone(), name.to_string());
        self.identifier_of.insert(name.to_string(), identifier);
    }

    /// The identifier of a name of this scope.
    pub fn identifier(&self, name: &str) -> Option<&str> {
        self.identifier_of.get(name).map(String::as_str)
    }

    /// The name that a script means: an original name first, then an identifier. `then` and `toJSON` are looked for
    /// by the language itself, so no script means a tool by them.
    pub fn resolve(&self, written: &str) -> Option<&str> {
        if is_probed(written) {
            return None;
        }
        match self.identifier_of.get_key_value(written) {
            Some((name, _)) => Some(name),
            None => self.name_of.get(written).map(String::as_str),
        }
    }
}

/// Whether the language looks for the name on any object: what has a `then` is a promise to `await`, and what has a
/// `toJSON` is asked by `JSON.stringify`. `tools` and its servers must be neither.
fn is_probed(name: &str) -> bool {
    matches!(name, "then" | "toJSON")
}

fn keeps_its_name(name: &str) -> bool {
    is_identifier(name) && !is_probed(name)
}

/// Whether a name can stand behind a dot in JavaScript and TypeScript (ASCII names only; others are sanitised).
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, '_' | '$'))
        && characters.all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '$'))
}

fn sanitise(name: &str) -> String {
    let mut identifier: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '$') { c } else { '_' }).collect();
    if !keeps_its_name(&identifier) {
        identifier.insert(0, '_');
    }
    identifier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_identifiers_keep_them() {
        let scope = Scope::new(["read_file", "$x"]);
        assert_eq!(scope.identifier("read_file"), Some("read_file"));
        assert_eq!(scope.identifier("$x"), Some("$x"));
    }

    #[test]
    fn other_names_are_sanitised_and_still_resolve_by_their_original() {
        let scope = Scope::new(["resolve-library-id", "2fast", "", "größe"]);
        assert_eq!(scope.identifier("resolve-library-id"), Some("resolve_library_id"));
        assert_eq!(scope.identifier("2fast"), Some("_2fast"));
        assert_eq!(scope.identifier(""), Some("_"));
        assert_eq!(scope.identifier("größe"), Some("gr__e"));
        assert_eq!(scope.resolve("resolve_library_id"), Some("resolve-library-id"));
        assert_eq!(scope.resolve("resolve-library-id"), Some("resolve-library-id"));
        assert_eq!(scope.resolve("resolve.library.id"), None);
    }

    #[test]
    fn names_that_would_make_a_promise_are_sanitised() {
        let scope = Scope::new(["then", "toJSON", "catch", "_then"]);
        assert_eq!(scope.identifier("then"), Some("_then_2"));
        assert_eq!(scope.identifier("toJSON"), Some("_toJSON"));
        assert_eq!(scope.identifier("catch"), Some("catch"));
        assert_eq!(scope.resolve("_then_2"), Some("then"));
        assert_eq!((scope.resolve("then"), scope.resolve("toJSON")), (None, None));
    }

    #[test]
    fn collisions_do_not_depend_on_order() {
        let one = Scope::new(["a-b", "a.b", "a_b"]);
        let other = Scope::new(["a_b", "a.b", "a-b"]);
        for name in ["a-b", "a.b", "a_b"] {
            assert_eq!(one.identifier(name), other.identifier(name));
        }
        assert_eq!(one.identifier("a_b"), Some("a_b"));
        assert_eq!(one.identifier("a-b"), Some("a_b_2"));
        assert_eq!(one.identifier("a.b"), Some("a_b_3"));
    }
}
