//! One run of one program.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rquickjs::{Context, Ctx, Error, Function, Object, Persistent, Promise, Runtime, Value, promise::PromiseState};

use crate::calls::{self, Calls};
use crate::console::{self, Log};
use crate::engine::{here_is_the_top, mark_as_handled};
use crate::failure::{failure, of_thrown};
use crate::json::{self, Refusal};
use crate::meter::Meter;
use crate::names::Names;
use crate::program::{Limits, Program};
use crate::realm::{self, Realm};
use crate::run::Run;
use crate::source::{self, Prepared};
use crate::step::{Failure, FailureKind, LogLine, Outcome, Settlement, Step};
use crate::tools;

/// Bytes of stack that JavaScript may use.
const STACK_BYTES: usize = 128 * 1024;

/// One run of one program. Sessions share nothing.
pub struct Session {
    run: Rc<Run>,
    limits: Limits,
    stage: Stage,
    result: Option<Result<Option<String>, Failure>>,
    unawaited: Vec<u32>,
    interpreter: Option<Interpreter>,
}

enum Stage {
    New { code: String },
    /// The script runs; its promise gives `{value}`.
    Script(Persistent<Promise<'static>>),
    /// The script is done, and this promise gives its result.
    Value(Persistent<Promise<'static>>),
    /// There is a result.
    Over,
}

/// Dropped in this order: a context before its runtime.
struct Interpreter {
    context: Context,
    _runtime: Runtime,
}

impl Session {
    /// Prepares the run; no code runs yet.
    #[must_use]
    pub fn new(program: Program) -> Self {
        let Program { code, bindings, limits, seed } = program;
        let run = Run {
            names: Names::new(bindings),
            meter: Meter::new(limits.compute_steps),
            log: RefCell::new(Log::new(limits.log_bytes)),
            calls: RefCell::new(Calls::new(limits.calls)),
            seed,
            elapsed_ms: Cell::new(0),
            memory_bytes: limits.memory_bytes,
        };
        Self {
            run: Rc::new(run),
            limits,
            stage: Stage::New { code },
            result: None,
            unawaited: Vec::new(),
            interpreter: None,
        }
    }

    /// Gives the session the calls that have settled (none at first), and runs it until it waits or ends.
    ///
    /// Settlements of unknown numbers, and second ones of the same number, are ignored. A session that has
    /// ended repeats its last step.
    pub fn resume(&mut self, settled: Vec<Settlement>) -> Step {
        if let Stage::New { code } = &mut self.stage {
            let code = std::mem::take(code);
            self.start(&code);
        }
        for settlement in settled {
            self.settle(settlement);
        }
        self.finish_when_idle();
        let under_way = self.run.calls.borrow().under_way();
        match &self.result {
            Some(result) if under_way.is_empty() => {
                Step::Finished(Outcome { result: result.clone(), unawaited: self.unawaited.clone() })
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

    fn start(&mut self, code: &str) {
        match interpreter(&self.run, self.limits) {
            Ok(interpreter) => {
                let stage = interpreter.context.with(|ctx| begin(&ctx, code));
                self.interpreter = Some(interpreter);
                match stage {
                    Ok(stage) => self.stage = stage,
                    Err(failure) => self.end(Err(failure)),
                }
                self.run_jobs();
            }
            Err(_) => self.end(Err(failure(FailureKind::Memory, "the memory limit is too small for the interpreter"))),
        }
    }

    fn settle(&mut self, settlement: Settlement) {
        let Some(interpreter) = &self.interpreter else { return };
        let run = self.run.clone();
        interpreter.context.with(|ctx| {
            here_is_the_top(&ctx);
            if calls::settle(&ctx, &run, settlement).is_err() {
                ctx.catch();
            }
        });
        self.run_jobs();
    }

    /// Runs promise jobs until none is left, and looks whether the script is done.
    fn run_jobs(&mut self) {
        loop {
            let Some(interpreter) = &self.interpreter else { return };
            let run = &self.run;
            interpreter.context.with(|ctx| {
                here_is_the_top(&ctx);
                while !run.meter.is_exhausted() && ctx.execute_pending_job() {}
            });
            if self.run.meter.is_exhausted() {
                let message = format!("the script used up its {} steps of compute", self.limits.compute_steps);
                self.end(Err(failure(FailureKind::Compute, message)));
            }
            if !self.advance() {
                return;
            }
        }
    }

    /// Takes the next stage when its promise is settled; `false` when there is nothing to do now.
    fn advance(&mut self) -> bool {
        let Some(interpreter) = &self.interpreter else { return false };
        let run = self.run.clone();
        let next = match &self.stage {
            Stage::Script(promise) => interpreter.context.with(|ctx| script_done(&ctx, promise)),
            Stage::Value(promise) => interpreter.context.with(|ctx| value_known(&ctx, &run, promise)),
            Stage::New { .. } | Stage::Over => None,
        };
        match next {
            None => false,
            Some(Ok(Next::Await(promise))) => {
                self.stage = Stage::Value(promise);
                true
            }
            Some(Ok(Next::Result(result))) => {
                self.end(Ok(result));
                true
            }
            Some(Err(failure)) => {
                self.end(Err(failure));
                true
            }
        }
    }

    fn end(&mut self, result: Result<Option<String>, Failure>) {
        if self.result.is_none() {
            self.unawaited = self.run.calls.borrow().under_way();
            self.result = Some(result);
            self.stage = Stage::Over;
        }
    }

    fn finish_when_idle(&mut self) {
        if self.result.is_none() && self.run.calls.borrow().under_way().is_empty() {
            let message = "the script waits for a promise that nothing can settle any more";
            self.end(Err(failure(FailureKind::Unsettled, message)));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Whatever lives in the interpreter goes before it.
        self.stage = Stage::Over;
        self.run.calls.borrow_mut().forget_pending();
    }
}

enum Next {
    Await(Persistent<Promise<'static>>),
    Result(Option<String>),
}

fn interpreter(run: &Rc<Run>, limits: Limits) -> Result<Interpreter, Error> {
    let runtime = Runtime::new()?;
    runtime.set_memory_limit(limits.memory_bytes as usize);
    runtime.set_max_stack_size(STACK_BYTES);
    let metered = run.clone();
    runtime.set_interrupt_handler(Some(Box::new(move || !metered.meter.charge(Meter::POLL_INTERVAL))));
    let context = Context::full(&runtime)?;
    context.with(|ctx| -> Result<(), Error> {
        here_is_the_top(&ctx);
        let realm = Realm::capture(&ctx)?;
        ctx.store_userdata(realm).map_err(|_| Error::Unknown)?;
        realm::harden(&ctx)?;
        console::install(&ctx, run)?;
        tools::install(&ctx, run)
    })?;
    Ok(Interpreter { context, _runtime: runtime })
}

/// Compiles the code and runs it up to its first `await`.
fn begin(ctx: &Ctx<'_>, code: &str) -> Result<Stage, Failure> {
    let code = source::without_fence(code);
    let prepared = source::prepare(ctx, &code).map_err(|_| {
        let mut failure = of_thrown(ctx, &ctx.catch());
        failure.kind = FailureKind::Syntax;
        failure
    })?;
    let started = match prepared {
        Prepared::Script(script) => script.run().and_then(|value| promise_of(ctx, value)).map(Stage::Script),
        Prepared::Body(body) => body
            .run()
            .and_then(|function| function.into_function().ok_or(Error::Unknown))
            .and_then(|function: Function<'_>| function.call::<_, Value<'_>>(()))
            .and_then(|value| promise_of(ctx, value))
            .map(Stage::Value),
    };
    started.map_err(|_| of_thrown(ctx, &ctx.catch()))
}

fn promise_of<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Persistent<Promise<'static>>, Error> {
    let promise = value.into_promise().ok_or(Error::Unknown)?;
    mark_as_handled(&promise);
    Ok(Persistent::save(ctx, promise))
}

/// When the script is done: a promise of its value, which may itself have to be awaited.
fn script_done(ctx: &Ctx<'_>, promise: &Persistent<Promise<'static>>) -> Option<Result<Next, Failure>> {
    let done = settled(ctx, promise)?;
    Some(done.and_then(|done| {
        let awaited = done.into_object().ok_or(Error::Unknown).and_then(|done: Object<'_>| {
            let (promise, resolve, _) = ctx.promise()?;
            mark_as_handled(&promise);
            resolve.call::<_, ()>((done.get::<_, Value<'_>>("value")?,))?;
            Ok(Next::Await(Persistent::save(ctx, promise)))
        });
        awaited.map_err(|_| of_thrown(ctx, &ctx.catch()))
    }))
}

/// When the script's value is known: its JSON.
fn value_known(ctx: &Ctx<'_>, run: &Run, promise: &Persistent<Promise<'static>>) -> Option<Result<Next, Failure>> {
    let value = match settled(ctx, promise)? {
        Ok(value) => value,
        Err(failure) => return Some(Err(failure)),
    };
    let rules = json::Rules {
        meter: &run.meter,
        root: "result",
        nesting: json::BORDER_NESTING,
        bytes: run.memory_bytes as usize,
    };
    Some(match json::write(ctx, value, &rules) {
        Ok(text) => Ok(Next::Result(text)),
        Err(Refusal::NotJson(what)) => Err(failure(FailureKind::Result, format!("the result is not JSON: {what}"))),
        Err(Refusal::TooDeep) => {
            let message = format!("the result nests deeper than {} levels", json::BORDER_NESTING);
            Err(failure(FailureKind::Result, message))
        }
        Err(Refusal::TooLong) => Err(failure(FailureKind::Memory, "the result does not fit into memory")),
        Err(Refusal::Interrupted) => Err(failure(FailureKind::Compute, "the script used up its steps of compute")),
        Err(Refusal::Thrown(_)) => Err(of_thrown(ctx, &ctx.catch())),
    })
}

fn settled<'js>(ctx: &Ctx<'js>, promise: &Persistent<Promise<'static>>) -> Option<Result<Value<'js>, Failure>> {
    let promise = promise.clone().restore(ctx).ok()?;
    if promise.state() == PromiseState::Pending {
        return None;
    }
    let result = promise.result::<Value<'js>>()?;
    Some(result.map_err(|_| of_thrown(ctx, &ctx.catch())))
}
