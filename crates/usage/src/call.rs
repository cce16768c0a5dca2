use crate::Outcome;

/// What stands for the key of a call that the operator made.
pub const OPERATOR: &str = "operator";

/// One call of a tool, or another request that was passed through to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    /// The id of the execution that the call belongs to.
    pub execution: &'a str,
    /// The id of the client's key, or [`OPERATOR`]; never a key's text.
    pub key: &'a str,
    /// The alias of the server.
    pub server: &'a str,
    /// The tool, as its server calls it. For other requests, the MCP method: never the URI of a resource or the name
    /// of a prompt.
    pub tool: &'a str,
    /// From the request to the last byte of the answer.
    pub duration_ms: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Bytes of arguments, or of the request's body.
    pub sent_bytes: u64,
    /// Bytes of the result, or of the answer's body.
    pub received_bytes: u64,
}
