//! Real MCP clients, each in a process of its own (`tests/clients/`).

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::project;

/// A real MCP client.
#[derive(Debug, Clone, Copy)]
pub enum RealClient {
    /// Python `mcp`, which asks for 2026-07-28.
    Python,
    /// `@modelcontextprotocol/sdk`, of 2025-11-25.
    Sdk,
    /// `@modelcontextprotocol/client`, which negotiates 2026-07-28.
    Client,
}

/// What a real client saw.
pub struct Seen {
    /// The negotiated version of the protocol.
    pub protocol_version: String,
    /// The names of the tools that were listed.
    pub tools: Vec<String>,
    /// The `CallToolResult`.
    pub call_result: Value,
}

impl RealClient {
    /// Connects to `url`, lists the tools, and runs a script with `execute_code`.
    ///
    /// # Panics
    /// When the client fails; its output is in the message.
    pub async fn execute(self, url: &str, code: &str) -> Seen {
        let mut command = match self {
            Self::Python => {
                program(&project::path(".venv/bin/python"), &project::path("tests/clients/python_client.py"))
            }
            Self::Sdk => program(Path::new("node"), &project::path("tests/clients/javascript/sdk.mjs")),
            Self::Client => program(Path::new("node"), &project::path("tests/clients/javascript/client.mjs")),
        };
        command.args([url, "execute_code", &json!({ "code": code }).to_string()]);
        let output = output(command).await;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let seen: Value = serde_json::from_str(&stdout).unwrap_or_else(|_| {
            panic!("{self:?} failed ({}): {stdout}{}", output.status, String::from_utf8_lossy(&output.stderr))
        });
        Seen {
            protocol_version: seen["protocolVersion"].as_str().expect("a version").to_owned(),
            tools: serde_json::from_value(seen["tools"].clone()).expect("a list of names"),
            call_result: seen["result"].clone(),
        }
    }
}

fn program(interpreter: &Path, script: &Path) -> Command {
    let mut command = Command::new(interpreter);
    command.arg(script);
    command
}

/// Runs a program to its end, without holding up the runtime that the gateway may be on.
///
/// # Panics
/// When the program cannot be started.
pub async fn output(mut command: Command) -> Output {
    let described = format!("{command:?}");
    tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("waiting does not panic")
        .unwrap_or_else(|error| panic!("{described}: {error}; run scripts/setup"))
}
