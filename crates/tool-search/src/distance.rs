//! Edit distance with a bound.

use crate::tokens::MAX_CHARACTERS;

/// Whether two words are at most `most` edits apart. An edit inserts, deletes or replaces a character, or
/// swaps two neighbours (optimal string alignment). Words longer than a token are never near.
pub fn within<T: PartialEq>(a: &[T], b: &[T], most: usize) -> bool {
    if a.len().abs_diff(b.len()) > most || a.len().max(b.len()) > MAX_CHARACTERS {
        return false;
    }
    let mut before = [0_usize; MAX_CHARACTERS + 1];
    let mut previous: [usize; MAX_CHARACTERS + 1] = std::array::from_fn(|at| at);
    for i in 1..=a.len() {
        let mut current = [i; MAX_CHARACTERS + 1];
        let mut least = i;
        for j in 1..=b.len() {
            let replaced = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            current[j] = replaced.min(previous[j] + 1).min(current[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                current[j] = current[j].min(before[j - 2] + 1);
            }
            least = least.min(current[j]);
        }
        if least > most {
            return false;
        }
        (before, previous) = (previous, current);
    }
    previous[b.len()] <= most
}

#[cfg(test)]
mod tests {
    fn within(a: &str, b: &str, most: usize) -> bool {
        super::within(a.as_bytes(), b.as_bytes(), most)
    }

    #[test]
    fn counts_edits() {
        assert!(within("raed", "read", 1));
        assert!(within("serch", "search", 1));
        assert!(!within("serch", "searched", 2));
        assert!(within("repositroy", "repository", 1));
        assert!(!within("file", "pipe", 1));
        assert!(within("file", "pipe", 2));
        assert!(within("", "a", 1));
        assert!(!within(&"a".repeat(40), &"a".repeat(40), 1));
    }
}
