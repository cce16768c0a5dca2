//! Edit distance with a bound.

/// Whether two words are at most `most` edits apart. An edit inserts, deletes or replaces a character, or
/// swaps two neighbours (optimal string alignment).
pub fn within(a: &[char], b: &[char], most: usize) -> bool {
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut current = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            current[j] = replaced.min(previous[j] + 1).min(current[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                current[j] = current[j].min(before[j - 2] + 1);
            }
        }
        if current.iter().min().is_some_and(|least| *least > most) {
            return false;
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous[b.len()] <= most
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts_edits() {
        let within = |a: &str, b: &str, most| {
            super::within(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), most)
        };
        assert!(within("raed", "read", 1));
        assert!(within("serch", "search", 1));
        assert!(!within("serch", "searched", 2));
        assert!(within("repositroy", "repository", 1));
        assert!(!within("file", "pipe", 1));
        assert!(within("file", "pipe", 2));
        assert!(within("", "a", 1));
    }
}
