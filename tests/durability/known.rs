//! What a client knows of something that it alone writes.

/// What may be there; `None` is nothing.
#[derive(Debug, Clone)]
pub struct Known(Vec<Option<String>>);

impl Known {
    /// Nothing has been there yet.
    pub fn nothing() -> Self {
        Self(vec![None])
    }

    /// This was acknowledged.
    pub fn set(&mut self, state: Option<String>) {
        self.0 = vec![state];
    }

    /// This was asked for, and nobody knows whether it was done.
    pub fn may_be(&mut self, state: Option<String>) {
        self.0.push(state);
    }

    /// The host says that nothing is there.
    ///
    /// # Panics
    /// When something must be.
    pub fn is_missing(&mut self, name: &str) {
        self.check(name, None);
    }

    /// This is there.
    ///
    /// # Panics
    /// When it cannot be.
    pub fn check(&mut self, name: &str, state: Option<String>) {
        assert!(self.0.contains(&state), "{name} is {state:?}, and must be one of {:?}", self.0);
        self.0 = vec![state];
    }
}
