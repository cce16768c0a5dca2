//! Reserved `_meta` keys and HTTP headers (MCP 2026-07-28, basic and transports).

/// `_meta`: what the names of MCP's own members of the modern era begin with.
pub const RESERVED_PREFIX: &str = "io.modelcontextprotocol/";
/// `_meta`: under what a client wants to hear of progress.
pub const PROGRESS_TOKEN: &str = "progressToken";
/// `_meta`: the protocol version of a modern request.
pub const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// `_meta`: what the client of a modern request can do.
pub const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// `_meta`: who sends a modern request.
pub const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
/// `_meta`: who answers a modern request.
pub const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// `_meta`: the id of the request that a message of a subscription belongs to.
pub const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";
/// `_meta`: the task that a message belongs to.
pub const RELATED_TASK: &str = "io.modelcontextprotocol/related-task";

/// Header: the protocol version, of both eras.
pub const VERSION_HEADER: &str = "mcp-protocol-version";
/// Header: the session of a legacy connection.
pub const SESSION_HEADER: &str = "mcp-session-id";
/// Header: the method of a modern request.
pub const METHOD_HEADER: &str = "mcp-method";
/// Header: the name or URI that a modern request is about.
pub const NAME_HEADER: &str = "mcp-name";
/// Prefix of headers that mirror annotated tool arguments.
pub const PARAM_HEADER_PREFIX: &str = "mcp-param-";
