//! MCP messages of both eras, shared by the side towards agents and the side towards upstream servers.
//!
//! Tools, results and schemas stay JSON values: a gateway passes on what it does not know. What both
//! sides must agree on is typed here: JSON-RPC envelopes, protocol versions, reserved names and codes.

pub mod code;
mod jsonrpc;
pub mod meta;
mod method;
pub mod strict;
mod trace;
mod version;

pub use jsonrpc::{
    ERROR_DATA_BYTES, ERROR_MESSAGE_BYTES, Id, InvalidMessage, Message, Notification, Request, Response, RpcError,
};
pub use method::is_method;
pub use trace::TraceContext;
pub use version::{Era, ProtocolVersion};
