//! A bound on the memory of one instance.

use wasmtime::{ResourceLimiter, Result};

/// How many entries a table may have; tables hold functions, so this is far above what compilers emit.
const MAX_TABLE_ENTRIES: usize = 1 << 20;

/// Counts the linear memories of one instance, all of its components together, and refuses what is beyond the limit.
#[derive(Debug)]
pub struct MemoryLimit {
    limit_bytes: usize,
    used_bytes: usize,
}

impl MemoryLimit {
    /// Allows `limit_bytes` in all.
    pub fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, used_bytes: 0 }
    }

    /// How much there is.
    pub fn used_bytes(&self) -> usize {
        self.used_bytes
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let wanted = self.used_bytes.saturating_add(desired.saturating_sub(current));
        let allowed = wanted <= self.limit_bytes;
        if allowed {
            self.used_bytes = wanted;
        }
        Ok(allowed)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(desired <= MAX_TABLE_ENTRIES)
    }
}
