//! What the parts of one session share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::calls::Calls;
use crate::engine::{HeapState, Scarcity};
use crate::log::Log;
use crate::meter::Meter;
use crate::names::Names;
use crate::program::{Limits, Program, Seed};
use crate::rejections::Rejection;
use crate::source::Source;
use crate::stack_trace::StackTrace;

/// The state of one run outside of the interpreter.
pub(crate) struct Run {
    pub(crate) names: Names,
    pub(crate) limits: Limits,
    pub(crate) source: Source,
    /// Where the script was when its steps were used up.
    pub(crate) stopped_at: RefCell<Option<StackTrace>>,
    pub(crate) meter: Rc<Meter>,
    pub(crate) heap: Rc<HeapState>,
    pub(crate) scarcity: Rc<Scarcity>,
    pub(crate) log: RefCell<Log>,
    pub(crate) calls: RefCell<Calls>,
    pub(crate) rejections: RefCell<Vec<Rejection>>,
    pub(crate) seed: Seed,
    /// Milliseconds from the start of the run to its newest settlement.
    pub(crate) elapsed_ms: Cell<u64>,
}

impl Run {
    pub(crate) fn new(program: Program) -> Self {
        let Program { code, bindings, limits, seed } = program;
        Self {
            names: Names::new(bindings),
            source: Source::new(code),
            stopped_at: RefCell::default(),
            meter: Rc::new(Meter::new(limits.compute_steps)),
            heap: Rc::default(),
            scarcity: Rc::default(),
            log: RefCell::new(Log::new(limits.log_bytes)),
            calls: RefCell::new(Calls::new(limits.calls)),
            rejections: RefCell::default(),
            limits,
            seed,
            elapsed_ms: Cell::new(0),
        }
    }

    /// What a failure for lack of memory says.
    pub(crate) fn memory_message(&self) -> String {
        format!("the script needs more than its {} bytes of memory", self.limits.memory_bytes)
    }

    /// What a failure for lack of compute says.
    pub(crate) fn compute_message(&self) -> String {
        format!("the script used up its {} steps of compute", self.limits.compute_steps)
    }

    /// The script's idea of now, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        self.seed.now_ms.saturating_add(self.elapsed_ms.get())
    }
}
