//! What a session takes and gives at every step.

use std::fmt;

/// What a session wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It waits. The calls issued since the last step, in order; empty when it waits for earlier ones only.
    Waiting(Vec<ToolCall>),
    /// It is over, and every call that it issued has been settled.
    Finished(Outcome),
}

/// A call that the script waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Position in the order of issue, from 0.
    pub number: u32,
    /// Alias of the server, as in the binding.
    pub server: String,
    /// Name of the tool, as in the binding.
    pub tool: String,
    /// The arguments, as JSON text; always an object.
    pub arguments: String,
}

/// How a call ended.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// Which call: its [`ToolCall::number`].
    pub number: u32,
    /// Milliseconds since the run began. The script's `Date` advances to it.
    pub elapsed_ms: u64,
    /// The value as JSON text, or why the call's promise rejects.
    pub outcome: Result<String, CallFailure>,
}

/// What a script sees of a failed call: the properties of an `Error`.
#[derive(Debug, Clone)]
pub struct CallFailure {
    /// What the failure is called when the script does not catch it.
    pub kind: FailureKind,
    /// `message` of the Error.
    pub message: String,
    /// `code` of the Error: the JSON-RPC error code, where there is one.
    pub code: Option<i64>,
    /// `data` of the Error, as JSON text.
    pub data: Option<String>,
}

/// Why a script failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The code does not parse.
    Syntax,
    /// The script threw, or a promise that it awaited rejected.
    Runtime,
    /// A tool failed.
    Tool,
    /// The arguments of a call do not fit; nothing was sent.
    Arguments,
    /// No such server or tool; nothing was sent.
    UnknownTool,
    /// The wall time of the run is over. Only a driver says so.
    Timeout,
    /// The compute budget is used up.
    Compute,
    /// The memory budget is used up.
    Memory,
    /// Too deep a recursion, or too deeply nested JSON or source.
    Stack,
    /// More calls than allowed.
    Calls,
    /// The result is not JSON.
    Result,
    /// The script waits for a promise that nothing can settle any more.
    Unsettled,
}

/// How a script ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The returned value as JSON text (`None` is `undefined`), or why there is none.
    pub result: Result<Option<String>, Failure>,
    /// Numbers of the calls that nobody awaited: under way when the script itself was done, or issued after it.
    pub unawaited: Vec<u32>,
}

/// Why a script has no result, with the place in the agent's own code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What went wrong.
    pub kind: FailureKind,
    /// One sentence or more; says what to change where that is known.
    pub message: String,
    /// Where, when that is known.
    pub position: Option<Position>,
    /// The frames of the agent's own code, one per line, innermost first; empty when there are none.
    pub stack: String,
}

/// A place in the agent's own code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A line that the script wrote to `console`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The function of `console` that was used.
    pub level: LogLevel,
    /// The line as printed; may contain line breaks.
    pub text: String,
}

/// The function of `console` that a line was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// `console.debug`
    Debug,
    /// `console.log`
    Log,
    /// `console.info`
    Info,
    /// `console.warn`
    Warn,
    /// `console.error`
    Error,
}
