//! A gateway for one test: on the local host in this process, or on Spin when BOBBIN_HOST=spin.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use bobbin::InstanceSettings;
use tempfile::TempDir;

use crate::api::Api;
use crate::client::Client;
use crate::host_process::HostProcess;
use crate::project;

/// Instances that stay, so that requests at the same time find as many that know nothing of each other.
fn staying() -> InstanceSettings {
    InstanceSettings { max_requests: 10_000, idle_timeout_ms: 60_000, ..Default::default() }
}

/// Instances that have several requests at the same time, as Spin's do where nobody says otherwise.
fn sharing() -> InstanceSettings {
    InstanceSettings { max_concurrent_requests: 16, ..Default::default() }
}

/// A running gateway with a state of its own. It is stopped when this is dropped.
pub struct Gateway {
    address: SocketAddr,
    host: Host,
    state: Arc<TempDir>,
}

enum Host {
    Local { _running: bobbin::RunningHost },
    Process(HostProcess),
}

/// How the host runs the components.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Running {
    /// On instances like these.
    On(InstanceSettings),
    /// In a process of its own, which keeps what it prints.
    Apart,
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
        Self::start_on(variables, InstanceSettings::default()).await
    }

    /// The same, where requests at the same time are on instances that stay.
    pub async fn start_on_many_instances(variables: &[(&str, &str)]) -> Self {
        Self::start_on(variables, staying()).await
    }

    /// The same, where requests at the same time share an instance.
    pub async fn start_on_shared_instances(variables: &[(&str, &str)]) -> Self {
        Self::start_on(variables, sharing()).await
    }

    /// The same on instances like these; Spin looks at how many requests they have only.
    pub async fn start_on(variables: &[(&str, &str)], instances: InstanceSettings) -> Self {
        Self::start_as(variables, Running::On(instances), new_state()).await
    }

    /// The same in a process of its own, so that what it prints can be read.
    pub async fn start_apart(variables: &[(&str, &str)]) -> Self {
        Self::start_as(variables, Running::Apart, new_state()).await
    }

    /// The same on the local host, whatever BOBBIN_HOST says, where names resolve to these addresses.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_resolving(variables: &[(&str, &str)], names: &[(&str, IpAddr)]) -> Self {
        let variables = [&[("private_upstreams", "allow")], variables].concat();
        Self::start_local(&project::path("spin.toml"), &variables, InstanceSettings::default(), new_state(), names)
            .await
    }

    /// Starts another gateway over the state of this one.
    pub async fn start_beside(&self, variables: &[(&str, &str)]) -> Self {
        Self::start_as(variables, usually(), self.state.clone()).await
    }

    async fn start_as(variables: &[(&str, &str)], running: Running, state: Arc<TempDir>) -> Self {
        let variables: Vec<(&str, &str)> =
            [("private_upstreams", "allow")].into_iter().chain(variables.iter().copied()).collect();
        Self::start_manifest(&project::path("spin.toml"), &variables, running, state).await
    }

    /// Starts another application, of which the host knows nothing but its manifest, in place of the gateway.
    ///
    /// # Panics
    /// When it does not start, or BOBBIN_HOST names no host.
    pub async fn of_manifest(manifest: &Path, variables: &[(&str, &str)]) -> Self {
        Self::start_manifest(manifest, variables, usually(), new_state()).await
    }

    async fn start_manifest(
        manifest: &Path,
        variables: &[(&str, &str)],
        running: Running,
        state: Arc<TempDir>,
    ) -> Self {
        let process = match (std::env::var("BOBBIN_HOST").as_deref(), running) {
            (Err(_) | Ok("" | "local"), Running::Apart) => HostProcess::local(manifest, variables, state.path()),
            (Err(_) | Ok("" | "local"), Running::On(instances)) => {
                return Self::start_local(manifest, variables, instances, state, &[]).await;
            }
            (Ok("spin"), _) => HostProcess::spin(manifest, variables, state.path(), &[]),
            (Ok(other), _) => panic!("BOBBIN_HOST is spin or local, not {other:?}"),
        };
        Self { address: process.address(), host: Host::Process(process), state }
    }

    async fn start_local(
        manifest: &Path,
        variables: &[(&str, &str)],
        instances: InstanceSettings,
        state: Arc<TempDir>,
        names: &[(&str, IpAddr)],
    ) -> Self {
        let mut host = bobbin::Host::builder(manifest)
            .listen("127.0.0.1:0".parse().expect("an address"))
            .state_dir(state.path())
            .instances(instances);
        for (name, value) in variables {
            host = host.variable(*name, *value);
        }
        for (name, address) in names {
            host = host.resolve(*name, [*address]);
        }
        let running = host.start().await.expect("the local host starts; scripts/build builds what it needs");
        Self { address: running.address(), host: Host::Local { _running: running }, state }
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

    /// Its admin API, without a key.
    pub fn api(&self) -> Api {
        Api::new(self.client())
    }

    /// Where it keeps its state.
    pub fn state(&self) -> &Path {
        self.state.path()
    }

    /// What it has printed so far, on standard output and standard error.
    ///
    /// # Panics
    /// When it was not started apart.
    pub fn output(&self) -> String {
        match &self.host {
            Host::Process(process) => process.output(),
            Host::Local { .. } => {
                panic!("what a gateway in the test process prints cannot be told from what others do")
            }
        }
    }
}

fn usually() -> Running {
    Running::On(InstanceSettings::default())
}

fn new_state() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a temporary folder"))
}
