/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The server answered.
    Ok,
    /// The gateway answered by itself, in the place of the server.
    OwnAnswer,
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
    /// A status of HTTP by which the server refuses what a client made of a request: 4xx, but for those about
    /// credentials (401, 403) and about how much is asked (429).
    ClientStatus,
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
            Self::Ok | Self::OwnAnswer => "ok",
            Self::ToolError => "tool-error",
            Self::Failed(kind) => kind.word(),
        }
    }

    /// Whether it counts as a failure.
    pub(crate) fn is_failure(self) -> bool {
        !matches!(self, Self::Ok | Self::OwnAnswer)
    }

    /// A tool's error and an error of JSON-RPC are answers like others. What never reached the server says nothing of
    /// it, nor does a client's mistake.
    pub(crate) fn sign(self) -> Sign {
        match self {
            Self::Ok | Self::ToolError | Self::Failed(FailureKind::Rpc) => Sign::Good,
            Self::OwnAnswer
            | Self::Failed(
                FailureKind::UnknownServer | FailureKind::Cancelled | FailureKind::Refused | FailureKind::ClientStatus,
            ) => Sign::None,
            Self::Failed(kind) => Sign::Bad(kind),
        }
    }
}

impl FailureKind {
    /// A word in kebab case that never changes. Both kinds of status have the same.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::UnknownServer => "unknown-server",
            Self::Configuration => "configuration",
            Self::Authorization => "authorization",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::HttpStatus | Self::ClientStatus => "http-status",
            Self::Protocol => "protocol",
            Self::Rpc => "rpc",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
        }
    }
}
