//! What a session is given.

use std::borrow::Cow;

use crate::step::Failure;

/// What to run.
#[derive(Debug, Clone)]
pub struct Program {
    /// JavaScript as the agent wrote it, perhaps inside a Markdown fence.
    pub code: String,
    /// The servers and tools that the script finds in `tools`.
    pub bindings: Vec<ServerBinding>,
    /// What the script may use at the most.
    pub limits: Limits,
    /// What `Date` and `Math.random` start from.
    pub seed: Seed,
}

/// One server as the script sees it.
#[derive(Debug, Clone)]
pub struct ServerBinding {
    /// The configured alias of the server.
    pub alias: String,
    /// The names of its tools; `None` hands every name to the driver.
    pub tools: Option<Vec<String>>,
}

/// Limits of one session.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Interpreter steps before the script is stopped with [`crate::FailureKind::Compute`].
    pub compute_steps: u64,
    /// Bytes of interpreter memory before allocations fail with [`crate::FailureKind::Memory`]. With less than a
    /// mebibyte no script runs at all.
    pub memory_bytes: u32,
    /// Calls that the script may issue; the next one rejects with [`crate::FailureKind::Calls`].
    pub calls: u32,
    /// Bytes of log text that are kept.
    pub log_bytes: u32,
    /// How much the failure of the script may say.
    pub failures: FailureLimits,
}

/// Bytes of what a failure says, as JSON text. What is longer is cut, and says how much is missing.
#[derive(Debug, Clone, Copy)]
pub struct FailureLimits {
    /// Bytes of the message.
    pub message_bytes: u32,
    /// Bytes of each name in it and in the stack.
    pub name_bytes: u32,
    /// Bytes of the stack.
    pub stack_bytes: u32,
}

impl FailureLimits {
    /// A name as a failure has it.
    pub(crate) fn name(self, name: &str) -> Cow<'_, str> {
        truncation::text(name, self.name_bytes as usize)
    }

    /// A failure that says no more than it may.
    pub(crate) fn bound(self, failure: Failure) -> Failure {
        let cut = |text: &str, limit_bytes: u32| truncation::text(text, limit_bytes as usize).into_owned();
        Failure {
            message: cut(&failure.message, self.message_bytes),
            stack: cut(&failure.stack, self.stack_bytes),
            ..failure
        }
    }
}

/// The sources of what differs from run to run.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    /// Seeds `Math.random`.
    pub random: u64,
    /// Milliseconds since 1970-01-01T00:00:00Z at which the run begins.
    pub now_ms: u64,
}
