use mcp::RpcError;
use serde_json::{Map, Value, json};
use std::future::Future;

/// Who answers: `serverInfo`, and `instructions` for the model.
#[derive(Debug, Clone)]
pub struct Identity {
    pub name: &'static str,
    pub title: &'static str,
    pub version: &'static str,
    pub instructions: String,
}

/// `serverInfo` (MCP `Implementation`).
impl From<&Identity> for Value {
    fn from(identity: &Identity) -> Self {
        json!({"name": identity.name, "title": identity.title, "version": identity.version})
    }
}

/// A `tools/call`.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    pub name: String,
    pub arguments: Map<String, Value>,
}

/// A part of the list of tools.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolPage {
    /// MCP `Tool` objects, in an order that does not change from page to page.
    pub tools: Vec<Value>,
    /// Names the next page; without one this is the last.
    pub next_cursor: Option<String>,
}

/// A server with tools and nothing else; prompts, resources and completions are answered with empty lists.
pub trait Service {
    /// Who it is.
    fn identity(&self) -> Identity;

    /// The page of tools that a cursor of an earlier page names, the first without one. A cursor that names no
    /// page is `-32602` (MCP, "Pagination").
    fn list_tools(&self, cursor: Option<&str>) -> impl Future<Output = Result<ToolPage, RpcError>>;

    /// An MCP `CallToolResult`. An unknown tool is `-32602`; a tool that fails is a result with `isError`.
    fn call_tool(&self, call: ToolCall, progress: &dyn Progress) -> impl Future<Output = Result<Value, RpcError>>;
}

/// Hears how a call gets on.
pub trait Progress {
    /// One more thing happened; the message is for people.
    fn report(&self, message: &str);
}

/// Nobody listens.
impl Progress for () {
    fn report(&self, _: &str) {}
}
