//! How many there are of each.

use std::collections::HashMap;
use std::hash::Hash;

/// Counts by key; keys that have none take no memory.
#[derive(Debug)]
pub(super) struct Counts<K>(HashMap<K, usize>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Counts<K> {
    pub fn get(&self, key: &K) -> usize {
        self.0.get(key).copied().unwrap_or(0)
    }

    pub fn increment(&mut self, key: K) {
        *self.0.entry(key).or_default() += 1;
    }

    pub fn decrement(&mut self, key: &K) {
        if let Some(count) = self.0.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(key);
            }
        }
    }
}
