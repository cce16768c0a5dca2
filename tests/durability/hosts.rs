//! Hosts that share a state and can be killed.

use std::path::Path;

use tests::host_process::HostProcess;
use tests::project;

/// What all of them seal with, where the host does not make a key by itself.
const ENCRYPTION_KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// Whether the tests run on Spin.
pub fn is_spin() -> bool {
    std::env::var("BOBBIN_HOST").is_ok_and(|host| host == "spin")
}

/// Starts a host in a process of its own: the local one, or Spin when BOBBIN_HOST=spin.
pub fn start(state: &Path) -> HostProcess {
    match is_spin() {
        true => spin(state, &[]),
        false => HostProcess::local(&project::path("spin.toml"), &[("private_upstreams", "allow")], state),
    }
}

/// Starts Spin with these arguments.
pub fn spin(state: &Path, arguments: &[&str]) -> HostProcess {
    let variables = [("private_upstreams", "allow"), ("encryption_key", ENCRYPTION_KEY)];
    HostProcess::spin(&project::path("spin.toml"), &variables, state, arguments)
}
