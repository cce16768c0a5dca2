use serde::Serialize;

/// What a dry connection to a server showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    /// Whether it answered with its tools.
    pub ok: bool,
    /// Milliseconds until it had, or had failed.
    pub latency_ms: u64,
    /// The version of MCP that it speaks, when it came to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol_version: Option<String>,
    /// How many tools it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_count: Option<u64>,
    /// Why it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// How it went to fetch the tools of a server anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshReport {
    /// Whether the catalog is new. If not, the last good one stays.
    pub ok: bool,
    /// How many tools there are now, when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_count: Option<u64>,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// What went wrong at a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// One sentence for people, without credentials.
    pub message: String,
}

/// What went wrong, as in `failure-kind` of `bobbin:registry/servers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// How the server is configured.
    Configuration,
    /// Signing in: no access token could be had, or the server takes none.
    Authorization,
    /// No connection, or it broke.
    Unreachable,
    /// It took longer than the deadline.
    TimedOut,
    /// An HTTP status that is not success.
    HttpStatus,
    /// The answer is no MCP, or larger than allowed.
    Protocol,
    /// The server answered with a JSON-RPC error.
    Rpc,
}
