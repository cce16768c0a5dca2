use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::Server;
use crate::process::{Process, cargo_run};
use crate::project;

/// A real MCP server with the tools `read` and `wipe` that tells what ran, and sessions.
pub struct Recording {
    server: Server,
    folder: TempDir,
}

/// What a server is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sdk {
    /// `@modelcontextprotocol/sdk`.
    TypeScript,
    /// `mcp`.
    Python,
    /// The crate `rmcp`.
    Rmcp,
}

impl Sdk {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::TypeScript, Self::Python, Self::Rmcp];
}

impl Recording {
    /// Starts one.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(sdk: Sdk) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let record = folder.path().join("record");
        std::fs::write(&record, "").expect("a file");
        let script = |name: &str| project::path(&format!("tests/upstreams/recording/{name}"));
        let mut command = match sdk {
            Sdk::TypeScript => program("node", script("server.mjs")),
            Sdk::Python => program(project::path(".venv/bin/python"), script("server.py")),
            Sdk::Rmcp => {
                let mut command = cargo_run("fixture");
                command.arg("recording").arg(&record);
                command
            }
        };
        Self { server: Server(Process::start(command.env("RECORD", &record))), folder }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The tools that ran, in order.
    ///
    /// # Panics
    /// When its file is gone.
    pub fn ran(&self) -> Vec<String> {
        let record = std::fs::read_to_string(self.folder.path().join("record")).expect("the file");
        record.lines().map(str::to_owned).collect()
    }
}

fn program(name: impl AsRef<std::ffi::OsStr>, script: PathBuf) -> Command {
    let mut command = Command::new(name);
    command.arg(script);
    command
}
