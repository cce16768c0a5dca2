//! MCP servers for the gateway to call.

mod authorization;
mod canned;
mod echoing;
mod faulty;
mod forgetful;
mod guarded;
mod lenient;
mod recording;
mod shared;
mod stepwise;
mod stopwatch;
mod telltale;
mod wire;

use std::process::Command;

pub use authorization::AuthorizationServer;
pub use canned::{Canned, CannedTool, Received, Reply};
pub use echoing::{Echo, Echoing};
pub use faulty::{Fault, Faulty};
pub use forgetful::Forgetful;
pub use guarded::Guarded;
pub use lenient::Lenient;
pub use recording::{Recording, Sdk};
pub use shared::Shared;
pub use stepwise::{Stepwise, Telling};
pub use stopwatch::Stopwatch;
pub use telltale::{Place, Telltale};

use crate::process::{Process, cargo_run};
use crate::project;

/// A real MCP server in a process of its own.
pub struct Server(Process);

impl Server {
    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.0.address())
    }
}

/// `@modelcontextprotocol/server-everything`: up to 2025-11-25, with sessions, answering in SSE.
pub fn everything() -> Server {
    let folder = project::path("tests/upstreams/everything");
    Server(Process::start(
        Command::new("node")
            .arg("--require")
            .arg(folder.join("loopback.cjs"))
            .arg(folder.join("node_modules/@modelcontextprotocol/server-everything/dist/index.js"))
            .arg("streamableHttp")
            .env("PORT", "0"),
    ))
}

/// A FastMCP server (`tests/upstreams/fastmcp_server.py`): both eras.
pub fn fastmcp() -> Server {
    Server(Process::start(
        Command::new(project::path(".venv/bin/python")).arg(project::path("tests/upstreams/fastmcp_server.py")),
    ))
}

/// The server on rmcp that the conformance suite tests (`tests/fixture`): both eras.
pub fn fixture() -> Server {
    Server(Process::start(&mut cargo_run("fixture")))
}

/// The same, refusing `initialize`.
pub fn modern_fixture() -> Server {
    Server(Process::start(cargo_run("fixture").arg("modern")))
}

/// The `servers` variable for servers of these aliases and URLs.
pub fn servers<'a>(entries: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let servers: serde_json::Map<String, serde_json::Value> = entries
        .into_iter()
        .map(|(alias, url)| (alias.to_owned(), serde_json::json!({"type": "http", "url": url})))
        .collect();
    serde_json::json!({ "mcpServers": servers }).to_string()
}
