//! A gateway for one test: on the local host in this process, or on Spin when BOBBIN_HOST=spin.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::client::Client;
use crate::project;

/// How long `spin up` may take until it listens.
const SPIN_START: Duration = Duration::from_secs(120);

/// A running gateway with a state of its own. It is stopped when this is dropped.
pub struct Gateway {
    address: SocketAddr,
    host: Host,
    _state: TempDir,
}

enum Host {
    Local { _running: bobbin::RunningHost },
    Spin(Child),
}

impl Gateway {
    /// Starts a gateway on a free port with these servers (the `servers` variable).
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(servers: &str) -> Self {
        Self::start_with(&[("servers", servers)]).await
    }

    /// Starts a gateway on a free port with these variables. Its servers may be on loopback.
    ///
    /// # Panics
    /// When it does not start, or BOBBIN_HOST names no host.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        let variables: Vec<(&str, &str)> =
            [("private_upstreams", "allow")].into_iter().chain(variables.iter().copied()).collect();
        Self::of_manifest(&project::path("spin.toml"), &variables).await
    }

    /// Starts another application, of which the host knows nothing but its manifest, in place of the gateway.
    ///
    /// # Panics
    /// When it does not start, or BOBBIN_HOST names no host.
    pub async fn of_manifest(manifest: &Path, variables: &[(&str, &str)]) -> Self {
        let state = tempfile::tempdir().expect("a temporary folder");
        match std::env::var("BOBBIN_HOST").as_deref() {
            Err(_) | Ok("" | "local") => Self::start_local(manifest, variables, state).await,
            Ok("spin") => Self::start_spin(manifest, variables, state),
            Ok(other) => panic!("BOBBIN_HOST is spin or local, not {other:?}"),
        }
    }

    async fn start_local(manifest: &Path, variables: &[(&str, &str)], state: TempDir) -> Self {
        let mut host =
            bobbin::Host::builder(manifest).listen("127.0.0.1:0".parse().expect("an address")).state_dir(state.path());
        for (name, value) in variables {
            host = host.variable(*name, *value);
        }
        let running = host.start().await.expect("the local host starts; scripts/build builds what it needs");
        Self { address: running.address(), host: Host::Local { _running: running }, _state: state }
    }

    fn start_spin(manifest: &Path, variables: &[(&str, &str)], state: TempDir) -> Self {
        let address = free_address();
        let mut command = Command::new("spin");
        command
            .args(["up", "--quiet", "--listen", &address.to_string(), "--state-dir"])
            .arg(state.path())
            .arg("--from")
            .arg(manifest)
            .stdin(Stdio::null())
            .process_group(0);
        for (name, value) in variables {
            command.env(format!("SPIN_VARIABLE_{}", name.to_uppercase()), value);
        }
        let mut child = command.spawn().expect("BOBBIN_HOST=spin needs Spin 4.1 or newer on the PATH");
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = child.try_wait().expect("a child process") {
                panic!("spin up ended before it listened: {status}");
            }
            assert!(started.elapsed() < SPIN_START, "spin up did not listen within {SPIN_START:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { address, host: Host::Spin(child), _state: state }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Host::Spin(child) = &mut self.host {
            // The whole group: `spin up` serves in a process of its own.
            let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
            let _ = child.wait();
        }
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound address")
}
