//! The command `bobbin`, in a process of its own.

use crate::app::App;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// `bobbin up`, with pipes.
pub fn up(app: &App) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bobbin"));
    command.arg("up").current_dir(app.folder()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits for the line that says where the host listens.
pub fn listening(child: &mut Child) -> SocketAddr {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
    let address = line.strip_prefix("Bobbin listens on http://").unwrap_or_else(|| panic!("unexpected: {line}"));
    address.trim_end().parse().expect("an address")
}

/// Sends SIG`name`.
pub fn send_signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(sent.expect("a signal sent").success());
}
