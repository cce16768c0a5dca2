use std::collections::VecDeque;

/// At most `MOST` values: for another one, the one that was wanted longest ago goes.
pub struct Recent<T, const MOST: usize>(VecDeque<T>);

impl<T: Clone, const MOST: usize> Recent<T, MOST> {
    /// A value that is there, which counts as wanted now.
    pub fn find(&mut self, is_wanted: impl Fn(&T) -> bool) -> Option<T> {
        let at = self.0.iter().position(is_wanted)?;
        let found = self.0.remove(at)?;
        self.0.push_back(found.clone());
        Some(found)
    }

    /// Adds a value, wanted now.
    pub fn add(&mut self, value: T) {
        while self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(value);
    }

    /// All of them, for those who look only.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<T, const MOST: usize> Default for Recent<T, MOST> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wanted_longest_ago_goes() {
        let mut recent: Recent<u32, 3> = Recent::default();
        (1..=3).for_each(|value| recent.add(value));
        assert_eq!(recent.find(|value| *value == 1), Some(1));
        recent.add(4);
        assert_eq!(recent.find(|value| *value == 2), None);
        assert_eq!(recent.all().copied().collect::<Vec<_>>(), [3, 1, 4]);
    }
}
