//! An MCP client that sends what it is told to, for assertions that a real client would get in the way of.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::{Answer, Connection};

/// The headers of every MCP request over Streamable HTTP.
pub const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/json"), ("accept", "application/json, text/event-stream")];

/// The endpoint of a gateway.
#[derive(Clone, Copy)]
pub struct Client {
    address: SocketAddr,
    /// `Authorization`.
    authorization: Option<&'static str>,
}

impl Client {
    /// A client of the gateway at this address.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, authorization: None }
    }

    /// The same with a key of the gateway, which it shows with every request that has no `authorization` of its own.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        // Kept until the process ends, so that clients stay small things to hand around.
        Self { authorization: Some(format!("Bearer {key}").leak()), ..self }
    }

    /// The address of the gateway.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends one HTTP request, on a connection of its own.
    ///
    /// # Panics
    /// When there is no whole answer.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<String>) -> Answer {
        let mut connection = Connection::open(self.address).await.expect("the gateway accepts connections");
        connection.send(method, path, &self.signed(headers), body.into()).await.expect("the gateway answers")
    }

    /// The same for an answer that may break off: as much of it as comes.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send_for_what_comes(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<String>,
    ) -> Answer {
        let mut connection = Connection::open(self.address).await.expect("the gateway accepts connections");
        let answer = connection.send_for_what_comes(method, path, &self.signed(headers), body.into()).await;
        answer.expect("the gateway answers").0
    }

    /// Headers with the key of this client, unless they have one.
    fn signed<'a>(&self, headers: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let own = self.authorization.filter(|_| !headers.iter().any(|(name, _)| *name == "authorization"));
        headers.iter().copied().chain(own.map(|value| ("authorization", value))).collect()
    }

    /// Posts a JSON-RPC message to `/mcp`.
    pub async fn post(&self, message: &Value) -> Answer {
        self.send("POST", "/mcp", &HEADERS, message.to_string()).await
    }

    /// Sends a request of the legacy, stateless kind, and gives the JSON-RPC response.
    ///
    /// # Panics
    /// When the answer is no JSON-RPC response to it.
    pub async fn request(&self, method: &str, params: Value) -> Value {
        let answer = self.post(&json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})).await;
        let response = message(&answer);
        assert_eq!(response["id"], 7, "{response}");
        response
    }

    /// Calls a tool, and gives its `structuredContent`.
    ///
    /// # Panics
    /// When it fails.
    pub async fn call(&self, tool: &str, arguments: Value) -> Value {
        let response = self.request("tools/call", json!({"name": tool, "arguments": arguments})).await;
        let result = &response["result"];
        assert!(result.is_object() && result["isError"] != true, "{tool} succeeds: {response:#}");
        result["structuredContent"].clone()
    }

    /// Calls a tool at `/mcp?mode=direct` (`alias__tool`), and gives the JSON-RPC response.
    pub async fn call_directly(&self, tool: &str, arguments: Value) -> Value {
        self.request_at("/mcp?mode=direct", "tools/call", json!({"name": tool, "arguments": arguments})).await
    }

    /// Sends a request of the legacy, stateless kind to this path, and gives the JSON-RPC response.
    ///
    /// # Panics
    /// When the answer is no JSON-RPC message.
    pub async fn request_at(&self, path: &str, method: &str, params: Value) -> Value {
        let request = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        message(&self.send("POST", path, &HEADERS, request.to_string()).await)
    }

    /// The names of the tools that are listed at this path.
    ///
    /// # Panics
    /// When there is no list.
    pub async fn listed_at(&self, path: &str) -> Vec<String> {
        let response = self.request_at(path, "tools/list", json!({})).await;
        let tools = response["result"]["tools"].as_array().unwrap_or_else(|| panic!("{path}: {response}"));
        tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// Calls `execute_code`.
    pub async fn execute(&self, code: &str) -> Run {
        self.execute_with(json!({ "code": code })).await
    }

    /// Calls `execute_code` with these arguments.
    pub async fn execute_with(&self, arguments: Value) -> Run {
        let started = Instant::now();
        let response = self.request("tools/call", json!({"name": "execute_code", "arguments": arguments})).await;
        let took = started.elapsed();
        assert!(response["error"].is_null(), "execute_code answers with a result: {response}");
        Run { call_result: response["result"].clone(), took }
    }
}

/// The JSON-RPC message of an answer in JSON, or the last one of an answer in SSE.
///
/// # Panics
/// When there is none.
pub fn message(answer: &Answer) -> Value {
    let text = std::str::from_utf8(&answer.body).expect("UTF-8");
    let is_sse =
        answer.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let json = match is_sse {
        true => text.lines().filter_map(|line| line.strip_prefix("data:")).next_back().unwrap_or_default(),
        false => text,
    };
    serde_json::from_str(json).unwrap_or_else(|error| panic!("HTTP {}: {error} in {text:?}", answer.status))
}

/// How a run of `execute_code` ended.
#[derive(Debug)]
pub struct Run {
    /// The `CallToolResult`.
    pub call_result: Value,
    /// From the request's first byte to the answer's last.
    pub took: Duration,
}

impl Run {
    /// What the script returned.
    ///
    /// # Panics
    /// When it failed.
    pub fn value(&self) -> &Value {
        assert_ne!(self.call_result["isError"], true, "the script runs to its end: {:#}", self.call_result);
        &self.call_result["structuredContent"]["result"]
    }

    /// The `kind` of the error.
    ///
    /// # Panics
    /// When the script did not fail.
    pub fn error_kind(&self) -> &str {
        assert_eq!(self.call_result["isError"], true, "the script fails: {:#}", self.call_result);
        self.error()["kind"].as_str().unwrap_or_else(|| panic!("an error has a kind: {:#}", self.call_result))
    }

    /// The `message` of the error; empty when there is none.
    pub fn error_message(&self) -> &str {
        self.error()["message"].as_str().unwrap_or_default()
    }

    /// The `error`; null when there is none.
    pub fn error(&self) -> &Value {
        &self.call_result["structuredContent"]["error"]
    }

    /// A member of `structuredContent`; null when there is none.
    pub fn member(&self, name: &str) -> &Value {
        &self.call_result["structuredContent"][name]
    }

    /// The first text block, which is what an agent without structured content reads.
    ///
    /// # Panics
    /// When there is none.
    pub fn text(&self) -> &str {
        let text = self.call_result["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("the first block is text: {:#}", self.call_result))
    }

    /// The content blocks behind the text.
    pub fn media(&self) -> &[Value] {
        self.call_result["content"].as_array().and_then(|blocks| blocks.get(1..)).unwrap_or_default()
    }

    /// The texts of the logs.
    pub fn log_texts(&self) -> Vec<&str> {
        let logs = self.member("logs").as_array();
        logs.into_iter().flatten().filter_map(|line| line["text"].as_str()).collect()
    }

    /// The `status` of each call, in order of issue.
    pub fn call_statuses(&self) -> Vec<&str> {
        let calls = self.member("calls").as_array();
        calls.into_iter().flatten().filter_map(|call| call["status"].as_str()).collect()
    }
}
