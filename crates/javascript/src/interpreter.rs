//! One QuickJS runtime with one context, made ready for one script.

use std::rc::Rc;

use rquickjs::{Context, Ctx, Error, Runtime};

use crate::engine::{Careful, Countdown, HandlersContext, Heap, here_is_the_top};
use crate::failure::trace_of;
use crate::realm::Realm;
use crate::run::Run;
use crate::stack_trace::StackTrace;
use crate::{chains, clock, console, flat, guards, hardening, json, patterns, rejections, tools};

/// Bytes of stack that JavaScript may use. In WebAssembly this is the shadow stack: the native stack
/// beside it grows up to four times as fast, and must stay below wasmtime's default of 512 KiB. Elsewhere
/// there is only the one stack, which is allowed as much as the two are together.
const STACK_BYTES: usize = if cfg!(target_arch = "wasm32") { 96 * 1024 } else { 480 * 1024 };

/// Bytes that must be there before any script runs: QuickJS cannot be set up with less than some 250 KiB, and does
/// not survive the attempt.
const LEAST_MEMORY_BYTES: u32 = 1 << 20;

/// The interpreter of one session. The context goes before its runtime.
pub(crate) struct Interpreter {
    context: Context,
    _runtime: Runtime,
}

impl Interpreter {
    /// Makes an interpreter in which nothing of the agent has run yet.
    pub(crate) fn new(run: &Rc<Run>) -> Result<Self, Error> {
        if run.limits.memory_bytes < LEAST_MEMORY_BYTES {
            return Err(Error::Allocation);
        }
        let heap = Heap::new(run.limits.memory_bytes as usize, run.heap.clone(), run.meter.clone());
        let runtime = Runtime::new_with_alloc(Careful::new(heap, run.scarcity.clone()))?;
        runtime.set_max_stack_size(STACK_BYTES);
        let context = Context::full(&runtime)?;
        let countdown = context.with(|ctx| -> Result<Option<Countdown>, Error> {
            here_is_the_top(&ctx);
            run.scarcity.attach(&ctx)?;
            let realm = Realm::capture(&ctx, run.clone())?;
            ctx.store_userdata(realm).map_err(|_| Error::Unknown)?;
            hardening::harden(&ctx)?;
            clock::install(&ctx, run)?;
            json::install(&ctx, run)?;
            console::install(&ctx, run)?;
            chains::install(&ctx)?;
            flat::install(&ctx)?;
            patterns::install(&ctx)?;
            guards::install(&ctx)?;
            tools::install(&ctx, run)?;
            Ok(Countdown::of(&ctx))
        })?;
        rejections::track(&runtime, run);
        interrupt_when_used_up(&runtime, &context, run);
        run.meter.start(countdown);
        Ok(Self { context, _runtime: runtime })
    }

    /// Runs something with the context.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&Ctx<'_>) -> T) -> T {
        self.context.with(|ctx| {
            here_is_the_top(&ctx);
            run(&ctx)
        })
    }
}

/// Has the interpreter ask whether there are steps left, and stop where there are none.
#[allow(unsafe_code)] // The handler needs the context to say where it stopped.
fn interrupt_when_used_up(runtime: &Runtime, context: &Context, run: &Rc<Run>) {
    // SAFETY: used below only, while a script of this very context runs.
    let context = context.with(|ctx| unsafe { HandlersContext::new(&ctx) });
    let run = run.clone();
    runtime.set_interrupt_handler(Some(Box::new(move || {
        run.scarcity.release_collector();
        if run.meter.poll() {
            return false;
        }
        run.scarcity.spend_reserve();
        if run.stopped_at.borrow().is_none() {
            run.stopped_at.replace(Some(StackTrace::default()));
            let here = context.with(|ctx| Realm::with(ctx, |realm| Ok(trace_of(ctx, &run, &realm.error("")?))).ok());
            run.stopped_at.replace(here);
        }
        true
    })));
}
