//! Runs one script in QuickJS as a session that is resumed.
//!
//! A [`Session`] reaches the outside only through the calls that its steps hand to a driver. It reads no
//! clock and no randomness: the same [`Program`] with the same settlements in the same order is the same run.

mod arguments;
mod calls;
mod console;
mod engine;
mod errors;
mod failure;
mod json;
mod meter;
mod names;
mod program;
mod realm;
mod run;
mod session;
mod source;
mod step;
mod tools;

pub use program::{Limits, Program, Seed, ServerBinding};
pub use session::Session;
pub use step::{
    CallFailure, Failure, FailureKind, LogLevel, LogLine, Outcome, Position, Settlement, Step, ToolCall,
};
