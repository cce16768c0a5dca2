use crate::subject::{Subject, split};

/// Longest pattern, in characters. A set of places in a pattern fits into the bits of a `u128`.
pub const MAX_PATTERN_CHARS: usize = 127;

/// Which names are meant: `*` stands for any run of characters, `?` for any one, all else for itself.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    text: String,
    whole: Glob,
    /// The parts before and after the first `/`, for the server and for its tool.
    by_server: Option<(Glob, Glob)>,
}

impl Pattern {
    /// The text has at most [`MAX_PATTERN_CHARS`] characters.
    pub fn new(text: String) -> Self {
        let by_server = split(&text).map(|(server, tool)| (Glob::new(server), Glob::new(tool)));
        Self { whole: Glob::new(&text), by_server, text }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn meets(&self, subject: Subject<'_>) -> bool {
        match (subject.alias, &self.by_server) {
            (Some(alias), Some((server, tool))) => server.matches(alias) && tool.matches(subject.tool),
            _ => self.whole.matches(subject.tool),
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

/// A glob as an automaton that is in many states at once (Baeza-Yates and Gonnet's shift-and): bit n is set while the
/// first n signs, stars aside, may have been read. A name takes one step per character, whatever the pattern.
#[derive(Debug, Clone)]
struct Glob {
    /// Which signs take a character that is not in `literals`: the question marks.
    any: u128,
    /// Which signs take a character, for those in the pattern, sorted.
    literals: Vec<(char, u128)>,
    /// The states that a star allows to stay in.
    stay: u128,
    end: u128,
}

impl Glob {
    fn new(text: &str) -> Self {
        let mut glob = Self { any: 0, literals: Vec::new(), stay: 0, end: 1 };
        for sign in text.chars() {
            match sign {
                '*' => {
                    glob.stay |= glob.end;
                    continue;
                }
                '?' => glob.any |= glob.end,
                literal => match glob.literals.binary_search_by_key(&literal, |entry| entry.0) {
                    Ok(at) => glob.literals[at].1 |= glob.end,
                    Err(at) => glob.literals.insert(at, (literal, glob.end)),
                },
            }
            glob.end <<= 1;
        }
        glob.literals.iter_mut().for_each(|(_, signs)| *signs |= glob.any);
        glob
    }

    fn matches(&self, name: &str) -> bool {
        let mut states: u128 = 1;
        for character in name.chars() {
            let found = self.literals.binary_search_by_key(&character, |entry| entry.0);
            let signs = found.map_or(self.any, |at| self.literals[at].1);
            states = ((states & signs) << 1) | (states & self.stay);
            if states == 0 {
                return false;
            }
        }
        states & self.end != 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Glob, MAX_PATTERN_CHARS};
    use proptest::prelude::*;

    /// By the definition, in exponential time.
    fn means(pattern: &[char], name: &[char]) -> bool {
        match (pattern.split_first(), name.split_first()) {
            (None, rest) => rest.is_none(),
            (Some(('*', after)), rest) => means(after, name) || rest.is_some_and(|(_, rest)| means(pattern, rest)),
            (Some((sign, after)), Some((character, rest))) => (*sign == '?' || sign == character) && means(after, rest),
            (Some(_), None) => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_glob_matches_what_it_means(pattern in "[ab?*é]{0,8}", name in "[ab?*é]{0,8}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            let meant = means(&characters(&pattern), &characters(&name));
            prop_assert_eq!(Glob::new(&pattern).matches(&name), meant);
        }

        #[test]
        fn a_glob_of_any_length_matches_names_made_from_it(pattern in "[a-c?*]{0,127}", run in "[a-c]{0,3}") {
            let name = pattern.replace('?', "x").replace('*', &run);
            prop_assert!(Glob::new(&pattern).matches(&name));
        }
    }

    #[test]
    fn the_longest_pattern_has_a_last_sign() {
        let (longest, name) = ("?".repeat(MAX_PATTERN_CHARS), "x".repeat(MAX_PATTERN_CHARS));
        assert!(Glob::new(&longest).matches(&name));
        assert!(!Glob::new(&longest).matches(&name[1..]));
        assert!(!Glob::new(&longest).matches(&format!("{name}x")));
    }

    #[test]
    fn a_pattern_full_of_stars_takes_one_step_per_character() {
        let pattern = format!("{}b", "a*".repeat(60));
        assert!(!Glob::new(&pattern).matches(&"a".repeat(1_000_000)));
    }
}
