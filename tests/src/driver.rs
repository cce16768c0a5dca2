//! Real MCP clients, each in a process of its own (`tests/clients/`).

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::process::cargo_run;
use crate::project;

/// A real MCP client.
#[derive(Debug, Clone, Copy)]
pub enum RealClient {
    /// Python `mcp`, which asks for 2026-07-28.
    Python,
    /// The same, speaking 2026-07-28 without looking whether the server does.
    PythonPinned,
    /// `@modelcontextprotocol/sdk`, of 2025-11-25.
    Sdk,
    /// `@modelcontextprotocol/client`, which negotiates 2026-07-28.
    Client,
    /// FastMCP's, which asks for 2026-07-28.
    FastMcp,
    /// rmcp's, which asks for 2026-07-28.
    Rmcp,
    /// The command line of the MCP Inspector.
    Inspector,
}

/// What a real client saw.
pub struct Seen {
    /// The negotiated version of the protocol, from clients that tell it.
    pub protocol_version: Option<String>,
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
        self.call(url, "execute_code", json!({ "code": code })).await
    }

    /// Connects to `url`, lists the tools, and calls one of them.
    ///
    /// # Panics
    /// When the client fails; its output is in the message.
    pub async fn call(self, url: &str, tool: &str, arguments: Value) -> Seen {
        let python = || project::path(".venv/bin/python");
        let mut command = match self {
            Self::Python | Self::PythonPinned => program(&python(), &project::path("tests/clients/python_client.py")),
            Self::FastMcp => program(&python(), &project::path("tests/clients/fastmcp_client.py")),
            Self::Sdk => program(Path::new("node"), &project::path("tests/clients/javascript/sdk.mjs")),
            Self::Client => program(Path::new("node"), &project::path("tests/clients/javascript/client.mjs")),
            Self::Rmcp => cargo_run("rmcp-client"),
            Self::Inspector => program(Path::new("sh"), &project::path("tests/clients/inspector/call.sh")),
        };
        command.args([url, tool, &arguments.to_string()]);
        if matches!(self, Self::PythonPinned) {
            command.arg("2026-07-28");
        }
        let output = output(command).await;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let answers: Vec<Value> =
            serde_json::Deserializer::from_str(&stdout).into_iter().map_while(Result::ok).collect();
        match (self, answers.as_slice()) {
            (Self::Inspector, [list, call]) => {
                let tools = list["result"]["tools"].as_array().expect("a list of tools");
                let names = tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned());
                Seen { protocol_version: None, tools: names.collect(), call_result: call["result"].clone() }
            }
            (_, [seen]) => Seen {
                protocol_version: Some(seen["protocolVersion"].as_str().expect("a version").to_owned()),
                tools: serde_json::from_value(seen["tools"].clone()).expect("a list of names"),
                call_result: seen["result"].clone(),
            },
            _ => panic!("{self:?} failed ({}): {stdout}{}", output.status, String::from_utf8_lossy(&output.stderr)),
        }
    }
}

/// Runs one of the scripts in `tests/clients/javascript`, and gives the JSON that it prints.
///
/// # Panics
/// When it fails; its output is in the message.
pub async fn javascript(script: &str, arguments: &[&str]) -> Value {
    let mut command = program(Path::new("node"), &project::path(&format!("tests/clients/javascript/{script}.mjs")));
    command.args(arguments);
    let output = output(command).await;
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{script} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
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
