//! The same on two Spins that share a Redis (`runtime-config/redis.toml`): writers lose nothing.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tests::project;
use tests::skip::skip;
use tokio::task::spawn_blocking;

use crate::alone;
use crate::concurrent_writers_lose_nothing::writers_lose_nothing;
use crate::hosts;

/// How long Redis may take until it listens.
const START: Duration = Duration::from_secs(10);

/// A Redis of its own, which keeps its data in a folder.
struct Redis {
    child: Child,
    address: SocketAddr,
}

impl Redis {
    fn start(folder: &Path) -> Self {
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

    /// The runtime configuration of the repository, with this Redis, and for servers on this machine.
    fn runtime_config(&self) -> String {
        let config = std::fs::read_to_string(project::path("runtime-config/redis.toml")).expect("a readable file");
        let replace = |config: String, old: &str, new: &str| {
            assert_eq!(config.matches(old).count(), 1, "{old} in {config}");
            config.replace(old, new)
        };
        let config = replace(config, "\"redis://127.0.0.1:6399\"", &format!("\"redis://{}\"", self.address));
        replace(config, "block_networks = [\"private\"]", "block_networks = []")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is not here of what the test needs.
fn missing() -> Option<&'static str> {
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

#[test]
fn two_spins_with_one_redis_lose_nothing() {
    if let Some(missing) = missing() {
        return skip("two_spins_with_one_redis_lose_nothing", missing);
    }
    alone(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let redis = Redis::start(folder.path());
        let config = folder.path().join("runtime-config.toml");
        std::fs::write(&config, redis.runtime_config()).expect("a file");
        let config = config.to_str().expect("a path in UTF-8");
        let start = |name: &str| {
            let (state, config) = (folder.path().join(name), config.to_owned());
            spawn_blocking(move || hosts::spin(&state, &["--runtime-config-file", &config]))
        };
        let (one, other) = tokio::join!(start("one"), start("other"));
        let hosts = [one.expect("Spin starts"), other.expect("another Spin starts")];
        writers_lose_nothing("two Spins with one Redis", &hosts.each_ref().map(|host| host.address()), None).await;
    });
}
