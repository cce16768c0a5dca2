//! QuickJS as a resumable session; imports nothing.
//!
//! Everything here fits the WIT world to the `javascript` crate, which does the work and has the tests.

use std::cell::RefCell;

/// Generated from the contract.
#[allow(unsafe_code)] // The canonical ABI passes pointers.
mod bindings {
    wit_bindgen::generate!({ world: "bobbin:execution/execution", path: "../../wit/execution" });

    export!(Component with_types_in self);

    use super::Component;
}

use bindings::exports::bobbin::execution::sessions::{self as wit, Guest, GuestSession};
use javascript as js;

struct Component;

impl Guest for Component {
    type Session = Session;
}

/// A session behind the handle that a driver holds.
struct Session(RefCell<js::Session>);

impl GuestSession for Session {
    fn new(program: wit::Program) -> Self {
        Session(RefCell::new(js::Session::new(program_from(program))))
    }

    fn resume(&self, settled: Vec<wit::Settlement>) -> wit::Step {
        step_into(self.0.borrow_mut().resume(settled.into_iter().map(settlement_from).collect()))
    }

    fn take_logs(&self) -> Vec<wit::LogLine> {
        self.0.borrow_mut().take_logs().into_iter().map(log_line_into).collect()
    }

    fn steps_used(&self) -> u64 {
        self.0.borrow().steps_used()
    }
}

fn program_from(program: wit::Program) -> js::Program {
    let wit::Program { code, bindings, limits, seed } = program;
    js::Program {
        code,
        bindings: bindings
            .into_iter()
            .map(|binding| js::ServerBinding { alias: binding.alias, tools: binding.tools })
            .collect(),
        limits: js::Limits {
            compute_steps: limits.compute_steps,
            memory_bytes: limits.memory_bytes,
            calls: limits.calls,
            log_bytes: limits.log_bytes,
            failures: js::FailureLimits {
                message_bytes: limits.failures.message_bytes,
                name_bytes: limits.failures.name_bytes,
                stack_bytes: limits.failures.stack_bytes,
            },
        },
        seed: js::Seed { random: seed.random, now_ms: seed.now_ms },
    }
}

fn settlement_from(settlement: wit::Settlement) -> js::Settlement {
    js::Settlement {
        number: settlement.number,
        elapsed_ms: settlement.elapsed_ms,
        outcome: settlement.outcome.map_err(|failure| js::CallFailure {
            kind: kind_from(failure.kind),
            message: failure.message,
            code: failure.code,
            data: failure.data,
        }),
    }
}

fn step_into(step: js::Step) -> wit::Step {
    match step {
        js::Step::Waiting(calls) => wit::Step::Waiting(calls.into_iter().map(tool_call_into).collect()),
        js::Step::Finished(outcome) => {
            let js::Outcome { result, unawaited } = outcome;
            wit::Step::Finished(wit::Outcome { result: result.map_err(failure_into), unawaited })
        }
    }
}

fn tool_call_into(call: js::ToolCall) -> wit::ToolCall {
    wit::ToolCall { number: call.number, server: call.server, tool: call.tool, arguments: call.arguments }
}

fn failure_into(failure: js::Failure) -> wit::Failure {
    wit::Failure {
        kind: kind_into(failure.kind),
        message: failure.message,
        position: failure.position.map(|at| wit::Position { line: at.line, column: at.column }),
        stack: failure.stack,
    }
}

fn log_line_into(line: js::LogLine) -> wit::LogLine {
    let level = match line.level {
        js::LogLevel::Debug => wit::LogLevel::Debug,
        js::LogLevel::Log => wit::LogLevel::Log,
        js::LogLevel::Info => wit::LogLevel::Info,
        js::LogLevel::Warn => wit::LogLevel::Warn,
        js::LogLevel::Error => wit::LogLevel::Error,
    };
    wit::LogLine { level, text: line.text }
}

/// Writes the two directions of a mapping between enumerations with the same names.
macro_rules! kinds {
    ($($name:ident)*) => {
        fn kind_from(kind: wit::FailureKind) -> js::FailureKind {
            match kind { $(wit::FailureKind::$name => js::FailureKind::$name,)* }
        }

        fn kind_into(kind: js::FailureKind) -> wit::FailureKind {
            match kind { $(js::FailureKind::$name => wit::FailureKind::$name,)* }
        }
    };
}

kinds!(Syntax Runtime Tool Arguments UnknownTool Timeout Compute Memory Stack Calls Result Unsettled);

/// QuickJS asks its host for the time; here there is no clock. What a script sees comes from the run's seed.
#[allow(unsafe_code)] // The symbol is the interface between rquickjs-sys and whoever embeds it.
#[unsafe(no_mangle)]
extern "C" fn __rquickjs_host_now_us() -> f64 {
    0.0
}
