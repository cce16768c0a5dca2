//! The list of functions that may go uncounted.

/// Patterns of names, each with the reason.
#[derive(Debug)]
pub(crate) struct List(Vec<Pattern>);

/// The parts of a name that stand between `*`.
#[derive(Debug)]
struct Pattern(Vec<String>);

impl List {
    /// Reads lines of the form `name*of*function: reason`; empty lines and those that begin with `#` are passed over.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let patterns = lines.map(|line| match line.split_once(": ") {
            Some((name, reason)) if !name.trim_matches('*').is_empty() && !reason.trim().is_empty() => {
                Ok(Pattern(name.split('*').map(str::to_owned).collect()))
            }
            _ => Err(format!("{line:?} must be the name of a function, and the reason why it need not count")),
        });
        patterns.collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(name))
    }
}

impl Pattern {
    fn matches(&self, name: &str) -> bool {
        let [first, between @ .., last] = &self.0[..] else { return self.0 == [name] };
        let Some(mut rest) = name.strip_prefix(first.as_str()) else { return false };
        for part in between {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_parts_of_names_match() {
        let list = List::read("# why\nmemcmp: counts itself\n\n*Dlmalloc*malloc*: bounded by the bits of a size\n");
        let list = list.expect("a list");
        for name in ["memcmp", "_ZN8dlmalloc8dlmalloc17Dlmalloc6mallocE", "Dlmallocmalloc"] {
            assert!(list.has(name), "{name}");
        }
        for name in ["memcmp2", "my_memcmp", "memchr", "malloc", "Dlmalloc", ""] {
            assert!(!list.has(name), "{name}");
        }
    }

    #[test]
    fn each_needs_a_reason() {
        for text in ["memchr", "memchr:", "memchr: ", "*: all", ": nothing"] {
            assert!(List::read(text).is_err(), "{text:?}");
        }
    }
}
