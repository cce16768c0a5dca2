//! Runs one script in QuickJS as a session that is resumed.
//!
//! A [`Session`] reaches the outside only through the calls that its steps hand to a driver. It reads no
//! clock and no randomness: the same [`Program`] with the same settlements in the same order is the same run.

mod arguments;
mod calls;
mod chains;
mod classes;
mod clock;
mod console;
mod engine;
mod errors;
mod failure;
mod flat;
mod guards;
mod hardening;
mod inspect;
mod interpreter;
mod json;
mod log;
mod meter;
mod names;
mod patterns;
mod program;
mod realm;
mod rejections;
mod run;
mod script;
mod session;
mod source;
mod stack_trace;
mod step;
mod tools;

pub use program::{FailureLimits, Limits, Program, Seed, ServerBinding};
pub use session::Session;
pub use step::{CallFailure, Failure, FailureKind, LogLevel, LogLine, Outcome, Position, Settlement, Step, ToolCall};
