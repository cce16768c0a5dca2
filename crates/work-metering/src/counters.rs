//! What a module counts with: its exports of these names.

use std::collections::HashMap;

use crate::operator::Operator;

/// Counts as many units as its argument says.
const COUNT: &str = "bobbin_count";
/// Take the place of `memory.copy` and `memory.fill`, with the same arguments, and count.
const COPY: &str = "bobbin_copy";
const FILL: &str = "bobbin_fill";
/// What the compiler has C call at every basic block; counts one.
const TRACE: &str = "__sanitizer_cov_trace_pc";
/// The count itself, in memory: C adds to it directly as well.
const WORK: &str = "bobbin_work";

/// Indices of functions, and the address of the count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counters {
    pub(crate) count: u32,
    pub(crate) copy: u32,
    pub(crate) fill: u32,
    pub(crate) trace: u32,
    pub(crate) work: u32,
}

impl Counters {
    /// Those of a module with these exported functions, and these addresses of exported variables. `None`: it does
    /// not count.
    pub(crate) fn of(functions: &HashMap<&str, u32>, addresses: &HashMap<&str, u32>) -> Result<Option<Self>, String> {
        let Some(&count) = functions.get(COUNT) else { return Ok(None) };
        let function = |name| functions.get(name).copied().ok_or_else(|| format!("it exports no function {name}"));
        let work = addresses.get(WORK).copied().ok_or_else(|| format!("it exports no variable {WORK}"))?;
        Ok(Some(Self { count, copy: function(COPY)?, fill: function(FILL)?, trace: function(TRACE)?, work }))
    }

    /// Whether an operator counts.
    pub(crate) fn count_in(&self, operator: &Operator) -> bool {
        match operator {
            Operator::Call(function) => self.include(*function),
            Operator::Store64(offset) => *offset == self.work,
            _ => false,
        }
    }

    /// Whether a function is one of these: it cannot count itself.
    pub(crate) fn include(&self, function: u32) -> bool {
        [self.count, self.copy, self.fill, self.trace].contains(&function)
    }
}
