/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The server answered.
    Ok,
    /// The server answered with `isError` (MCP, tools, error handling).
    ToolError,
    /// There is no answer of a tool.
    Failed(FailureKind),
}

/// Why there is no answer of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// There is no such server, or the client may not know of it.
    UnknownServer,
    /// The server is not configured so that it can be called.
    Configuration,
    /// The gateway could not sign in at the server.
    Authorization,
    /// No connection.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// A status of HTTP that is no success.
    HttpStatus,
    /// An answer that is not MCP.
    Protocol,
    /// A JSON-RPC error.
    Rpc,
    /// The client or the execution gave up.
    Cancelled,
    /// The gateway did not let the call through.
    Refused,
}

/// What a call says of its server.
pub(crate) enum Sign {
    Good,
    Bad(FailureKind),
    None,
}

impl Outcome {
    /// A word that never changes: `ok`, `tool-error` or that of the [`FailureKind`].
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ToolError => "tool-error",
            Self::Failed(kind) => kind.word(),
        }
    }

    /// A tool's error is an answer like others. What never reached the server says nothing of it.
    pub(crate) fn sign(self) -> Sign {
        match self {
            Self::Ok | Self::ToolError => Sign::Good,
            Self::Failed(FailureKind::UnknownServer | FailureKind::Cancelled | FailureKind::Refused) => Sign::None,
            Self::Failed(kind) => Sign::Bad(kind),
        }
    }
}

impl FailureKind {
    /// A word in kebab case that never changes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::UnknownServer => "unknown-server",
            Self::Configuration => "configuration",
            Self::Authorization => "authorization",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::HttpStatus => "http-status",
            Self::Protocol => "protocol",
            Self::Rpc => "rpc",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
        }
    }
}
