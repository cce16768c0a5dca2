//! The MCP client towards upstream servers.
