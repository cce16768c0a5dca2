//! A Redis for hosts that share one.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::project;

/// How long Redis may take until it listens.
const START: Duration = Duration::from_secs(10);

/// A Redis of its own, which keeps its data in a folder. It is stopped when this is dropped.
pub struct Redis {
    child: Child,
    address: SocketAddr,
}

impl Redis {
    /// What is not here of what a test on Spins with one Redis needs.
    pub fn missing() -> Option<&'static str> {
        let succeeds = |command: &mut Command| {
            let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
            status.is_ok_and(|status| status.success())
        };
        if !succeeds(&mut Command::new(project::path("scripts/toolchain/has-spin"))) {
            return Some("there is no Spin 4.1 or newer on the PATH");
        }
        let has_redis = succeeds(Command::new("redis-server").arg("--version"));
        (!has_redis).then_some("there is no redis-server on the PATH")
    }

    /// Starts it on a free port.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(folder: &Path) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &address.port().to_string(), "--appendonly", "yes", "--dir"]);
        let child = command.arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("redis-server runs");
        let redis = Self { child, address };
        let started = Instant::now();
        while TcpStream::connect(redis.address).is_err() {
            assert!(started.elapsed() < START, "redis-server did not listen within {START:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        redis
    }

    /// Writes the runtime configuration of the repository into a folder, with this Redis, and for servers on this
    /// machine.
    ///
    /// # Panics
    /// When the repository's is not as expected.
    pub fn write_runtime_config(&self, folder: &Path) -> PathBuf {
        let config = std::fs::read_to_string(project::path("runtime-config/redis.toml")).expect("a readable file");
        let replace = |config: String, old: &str, new: &str| {
            assert_eq!(config.matches(old).count(), 1, "{old} in {config}");
            config.replace(old, new)
        };
        let config = replace(config, "\"redis://127.0.0.1:6399\"", &format!("\"redis://{}\"", self.address));
        let config = replace(config, "block_networks = [\"private\"]", "block_networks = []");
        let path = folder.join("runtime-config.toml");
        std::fs::write(&path, config).expect("a file");
        path
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
