//! What the parts of one session share.

use std::cell::{Cell, RefCell};

use crate::calls::Calls;
use crate::console::Log;
use crate::meter::Meter;
use crate::names::Names;
use crate::program::Seed;

/// The state of one run outside of the interpreter.
pub(crate) struct Run {
    pub(crate) names: Names,
    pub(crate) meter: Meter,
    pub(crate) log: RefCell<Log>,
    pub(crate) calls: RefCell<Calls>,
    pub(crate) seed: Seed,
    pub(crate) memory_bytes: u32,
    /// Milliseconds from the start of the run to its newest settlement.
    pub(crate) elapsed_ms: Cell<u64>,
}

impl Run {
    /// The script's idea of now, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        self.seed.now_ms.saturating_add(self.elapsed_ms.get())
    }
}
