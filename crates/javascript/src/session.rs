//! One run of one program.

use std::rc::Rc;

use crate::calls;
use crate::failure::failure;
use crate::interpreter::Interpreter;
use crate::program::Program;
use crate::run::Run;
use crate::script::{Next, Script};
use crate::step::{Failure, FailureKind, LogLine, Outcome, Settlement, Step};

/// One run of one program. Sessions share nothing.
pub struct Session {
    run: Rc<Run>,
    stage: Stage,
    result: Option<Result<Option<String>, Failure>>,
    // Last, so that what lives in the interpreter goes before it.
    interpreter: Option<Interpreter>,
}

/// How far the script is.
enum Stage {
    New,
    Running(Script),
    Over,
}

impl Session {
    /// Prepares the run; no code runs yet.
    #[must_use]
    pub fn new(program: Program) -> Self {
        Self { run: Rc::new(Run::new(program)), stage: Stage::New, result: None, interpreter: None }
    }

    /// Gives the session the calls that have settled (none at first), and runs it until it waits or ends.
    ///
    /// Settlements of unknown numbers, and second ones of the same number, are ignored. One that comes before its
    /// call was handed out counts, and the call is not handed out: a journal can be replayed in one go. A session
    /// that has ended repeats its last step.
    pub fn resume(&mut self, settled: Vec<Settlement>) -> Step {
        self.run.meter.enter();
        if matches!(self.stage, Stage::New) {
            self.start();
        }
        for settlement in settled {
            self.settle(settlement);
        }
        self.finish_when_nothing_is_under_way();
        let is_idle = self.run.calls.borrow().under_way().is_empty();
        match &self.result {
            Some(result) if is_idle => {
                Step::Finished(Outcome { result: result.clone(), unawaited: self.run.calls.borrow().unawaited() })
            }
            _ => Step::Waiting(self.run.calls.borrow_mut().take_issued()),
        }
    }

    /// The log lines since the last time they were taken, oldest first.
    pub fn take_logs(&mut self) -> Vec<LogLine> {
        self.run.log.borrow_mut().take()
    }

    /// Interpreter steps used so far.
    #[must_use]
    pub fn steps_used(&self) -> u64 {
        self.run.meter.used()
    }

    fn start(&mut self) {
        let Ok(interpreter) = Interpreter::new(&self.run) else {
            self.end(Err(failure(FailureKind::Memory, self.run.memory_message())));
            return;
        };
        let started = interpreter.with(|ctx| Script::start(ctx, &self.run));
        self.interpreter = Some(interpreter);
        match started {
            Ok(script) => self.stage = Stage::Running(script),
            Err(failure) => self.end(Err(failure)),
        }
        self.run_jobs();
    }

    fn settle(&mut self, settlement: Settlement) {
        let Some(interpreter) = &self.interpreter else { return };
        if self.run.meter.is_exhausted() {
            self.run.calls.borrow_mut().forget(settlement.number);
            return;
        }
        interpreter.with(|ctx| {
            if calls::settle(ctx, &self.run, settlement).is_err() {
                ctx.catch();
            }
        });
        self.run_jobs();
    }

    /// Runs promise jobs until none is left, and takes notice when the script is done.
    fn run_jobs(&mut self) {
        loop {
            let Some(interpreter) = &self.interpreter else { return };
            let interrupted = interpreter.with(|ctx| crate::script::run_jobs(ctx, &self.run));
            if let Some(failure) = interrupted {
                self.end(Err(failure));
                return;
            }
            let Stage::Running(script) = &self.stage else { return };
            match interpreter.with(|ctx| script.next(ctx, &self.run)) {
                Next::Pending => return,
                Next::Script(script) => self.stage = Stage::Running(script),
                Next::Result(result) => self.end(result),
            }
        }
    }

    fn end(&mut self, result: Result<Option<String>, Failure>) {
        self.stage = Stage::Over;
        let result = result.map_err(|failure| self.run.limits.failures.bound(failure));
        if self.result.is_none() {
            self.run.calls.borrow_mut().end_of_script();
            self.result = Some(result);
        } else if self.run.meter.is_exhausted() && matches!(self.result, Some(Ok(_))) {
            // What went on after the end of the script must end too, and takes the result with it.
            self.result = Some(result);
        }
    }

    fn finish_when_nothing_is_under_way(&mut self) {
        if !self.run.calls.borrow().under_way().is_empty() {
            return;
        }
        if self.result.is_none() {
            let failure = match self.run.heap.has_refused() {
                true => failure(FailureKind::Memory, self.run.memory_message()),
                false => failure(
                    FailureKind::Unsettled,
                    "the script waits for a promise that nothing can settle: no call is under way",
                ),
            };
            self.end(Err(failure));
        }
        if let Some(interpreter) = &self.interpreter
            && matches!(self.result, Some(Ok(_)))
            && let Some(failure) = interpreter.with(|ctx| crate::rejections::first(ctx, &self.run))
        {
            self.result = Some(Err(self.run.limits.failures.bound(failure)));
        }
        self.close();
    }

    /// Gives the interpreter's memory back as soon as nothing is left to run.
    fn close(&mut self) {
        self.run.calls.borrow_mut().forget_all();
        self.run.rejections.borrow_mut().clear();
        self.run.meter.detach();
        self.run.scarcity.detach();
        self.interpreter = None;
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stage = Stage::Over;
        self.close();
    }
}
