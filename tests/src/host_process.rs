//! A host in a process of its own: Spin, or the local one where its output is to be read.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use crate::project;

/// How long a host may take until it listens.
const START: Duration = Duration::from_secs(120);

/// What `scripts/up` passes to Spin in any case.
pub const SPIN_ARGUMENTS: [&str; 2] = ["--max-instance-concurrent-reuse-count", "1"];

/// A running host. It is killed when this is dropped.
pub struct HostProcess {
    child: Child,
    address: SocketAddr,
    output: NamedTempFile,
}

impl HostProcess {
    /// Starts the local host, as `scripts/build` builds it.
    ///
    /// # Panics
    /// When it does not start.
    pub fn local(manifest: &Path, variables: &[(&str, &str)], state: &Path) -> Self {
        let program = project::path("target/release/bobbin");
        assert!(program.is_file(), "{}: there is no such program; run scripts/build", program.display());
        let mut command = Command::new(program);
        command
            .args(["up", "--no-demo", "--listen", "127.0.0.1:0", "--manifest"])
            .arg(manifest)
            .arg("--state")
            .arg(state);
        Self::start(command, variables, None)
    }

    /// Starts `spin up` as `scripts/up` does, with further arguments.
    ///
    /// # Panics
    /// When it does not start.
    pub fn spin(manifest: &Path, variables: &[(&str, &str)], state: &Path, arguments: &[&str]) -> Self {
        Self::spin_with(manifest, variables, state, &[&SPIN_ARGUMENTS, arguments].concat())
    }

    /// Starts `spin up` with these arguments beside those that the rest becomes.
    ///
    /// # Panics
    /// When it does not start.
    pub fn spin_with(manifest: &Path, variables: &[(&str, &str)], state: &Path, arguments: &[&str]) -> Self {
        let address = free_address();
        let mut command = Command::new("spin");
        command.args(["up", "--listen", &address.to_string(), "--state-dir"]).arg(state).arg("--from").arg(manifest);
        command.args(arguments);
        Self::start(command, variables, Some(address))
    }

    /// Starts a host; one whose address is not known prints it.
    fn start(mut command: Command, variables: &[(&str, &str)], address: Option<SocketAddr>) -> Self {
        for (name, value) in variables {
            command.env(format!("SPIN_VARIABLE_{}", name.to_uppercase()), value);
        }
        let output = NamedTempFile::new().expect("a temporary file");
        let print = || Stdio::from(File::options().append(true).open(output.path()).expect("the temporary file"));
        // A group of its own: `spin up` serves in a process of its own.
        command.stdin(Stdio::null()).stdout(print()).stderr(print()).process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut process = Self { child, address: address.unwrap_or_else(free_address), output };
        let started = Instant::now();
        loop {
            let listens = match address {
                Some(address) => TcpStream::connect(address).is_ok().then_some(address),
                None => process.printed_address(),
            };
            if let Some(address) = listens {
                process.address = address;
                return process;
            }
            if let Some(status) = process.child.try_wait().expect("a child process") {
                panic!("{command:?} ended before it listened: {status}: {}", process.output());
            }
            assert!(started.elapsed() < START, "{command:?} did not listen within {START:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn printed_address(&self) -> Option<SocketAddr> {
        let output = self.output();
        let line = output.lines().find_map(|line| line.split_once("listens on http://"))?;
        line.1.trim().parse().ok()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has printed so far.
    ///
    /// # Panics
    /// When that cannot be read.
    pub fn output(&self) -> String {
        let bytes = std::fs::read(self.output.path()).expect("what the host printed");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        // The whole group.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound address")
}
