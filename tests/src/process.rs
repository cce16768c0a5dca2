//! Programs that serve on a port of their own choice until they are dropped.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::project;

/// How long a program may take until it listens.
const START: Duration = Duration::from_secs(60);

/// A running program. It is ended when this is dropped; the fixtures end by themselves as well, with
/// their standard input, should the test process die.
pub struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts a program and waits until it prints `listening on ADDRESS`.
    ///
    /// # Panics
    /// When it cannot be started, ends, or does not listen in time.
    pub fn start(command: &mut Command) -> Self {
        let described = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{described}: {error}; run scripts/setup"));
        let output = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let (found, address) = mpsc::channel();
        // Reads to the end, so that the program never waits for its output to be taken.
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("listening on ") {
                    let _ = found.send(address.parse().expect("an address and a port"));
                }
            }
        });
        let address = match address.recv_timeout(START) {
            Ok(address) => address,
            Err(RecvTimeoutError::Disconnected) => panic!("{described} ended before it listened"),
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                panic!("{described} did not listen within {START:?}")
            }
        };
        Self { child, address }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Builds and runs a program of the workspace. `scripts/test` has built it before.
pub fn cargo_run(package: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["run", "--quiet", "--release", "--package", package, "--"]).current_dir(project::path(""));
    command
}
