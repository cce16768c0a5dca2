//! The command `bobbin`, in a process of its own.

use crate::app::App;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// `bobbin`, with pipes, in a folder.
pub fn bobbin(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bobbin"));
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// `bobbin up` for the manifest of an application, in its folder.
pub fn up(app: &App) -> Command {
    let mut command = bobbin(app.folder());
    command.arg("up").arg("--manifest").arg(app.manifest());
    command
}

/// Waits for the line that says where the host listens.
pub fn listening(child: &mut Child) -> SocketAddr {
    first_line(child, "Bobbin listens on http://").parse().expect("an address")
}

/// Waits for the first line of the output, and returns what comes after `prefix` in it.
pub fn first_line(child: &mut Child, prefix: &str) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
    line.strip_prefix(prefix).unwrap_or_else(|| panic!("unexpected: {line}")).trim_end().to_owned()
}

/// A child that is killed when this is dropped.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends SIG`name`.
pub fn send_signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(sent.expect("a signal sent").success());
}
