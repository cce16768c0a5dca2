/// The properties or items that keywords have looked at (JSON Schema Core 11), by position within their value.
#[derive(Default)]
pub(super) struct Evaluated {
    positions: Vec<bool>,
    /// Whether more may have been evaluated than is known.
    pub uncertain: bool,
}

impl Evaluated {
    pub fn mark(&mut self, position: usize) {
        if position >= self.positions.len() {
            self.positions.resize(position + 1, false);
        }
        self.positions[position] = true;
    }

    pub fn has(&self, position: usize) -> bool {
        self.positions.get(position).copied().unwrap_or(false)
    }

    pub fn len(&self) -> usize {
        self.positions.len()
    }

    pub fn add(&mut self, other: Evaluated) {
        self.uncertain |= other.uncertain;
        if other.len() > self.len() {
            self.positions.resize(other.len(), false);
        }
        for (own, other) in self.positions.iter_mut().zip(other.positions) {
            *own |= other;
        }
    }
}
