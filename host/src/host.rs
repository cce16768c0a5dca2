//! A host from a manifest to a listening server.

use crate::application::{EmbeddedApplication, MachineCode, Source, compiled};
use crate::composition::CompositionError;
use crate::encryption_key::{self, EncryptionKeyError};
use crate::host_runtime::HostRuntime;
use crate::key_value::{Database, DatabaseError, KeyValue};
use crate::manifest::{Component, Manifest, ManifestError};
use crate::outbound::{Addresses, AllowedHosts, Client, InvalidAllowedHost, Networks, Outbound, TlsError};
use crate::runtime::{Capabilities, EngineError, engine, linker};
use crate::server::{ConnectionSettings, InstancePool, InstanceSettings, Instances, Lifetime, Server};
use crate::variables::{VariableError, application_values, component_values};
use std::collections::BTreeMap;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{env, io};
use tokio::net::TcpListener;
use wasmtime_wasi_http::p3::bindings::ServicePre;

/// Name of the state directory beside the manifest.
const STATE_DIRECTORY: &str = ".bobbin";

/// Why a host does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The manifest cannot be served.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A variable has no value.
    #[error(transparent)]
    Variable(#[from] VariableError),
    /// There is no encryption key.
    #[error(transparent)]
    EncryptionKey(#[from] EncryptionKeyError),
    /// An entry of `allowed_outbound_hosts` is not understood.
    #[error("[component.{component}] {source}")]
    AllowedHost {
        /// Id of the component.
        component: String,
        /// The entry.
        source: InvalidAllowedHost,
    },
    /// The components do not fit together.
    #[error(transparent)]
    Composition(#[from] CompositionError),
    /// The key-value store cannot be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// wasmtime cannot be set up.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The composed component cannot be compiled, or is no HTTP handler.
    #[error("component `{component}` cannot be served: {source}")]
    Component {
        /// Id of the component.
        component: String,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The host's threads cannot be started.
    #[error("cannot start threads: {0}")]
    Threads(#[source] io::Error),
    /// Other machines could reach what asks nobody for a key.
    #[error(
        "will not listen on {0} without the variable admin_key: whoever reaches that address could use the gateway and change its servers. Set SPIN_VARIABLE_ADMIN_KEY (`openssl rand -hex 32` makes one), or listen on 127.0.0.1; `--open` is for a network that nobody else is in, such as that of a container"
    )]
    NoAdminKey(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}{}", listen_hint(.source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

fn listen_hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "; another program listens there: stop it, or choose another address with --listen",
        _ => "",
    }
}

/// Serves an application.
pub struct Host;

impl Host {
    /// Begins to configure a host for the manifest at `manifest`.
    pub fn builder(manifest: impl Into<PathBuf>) -> HostBuilder {
        let manifest = manifest.into();
        let state_directory = manifest.parent().unwrap_or(Path::new("")).join(STATE_DIRECTORY);
        Self::of(Source::Manifest(manifest), state_directory)
    }

    /// Begins to configure a host for an application that this program carries, with its state in `state_directory`.
    pub fn of_embedded(application: EmbeddedApplication, state_directory: impl Into<PathBuf>) -> HostBuilder {
        Self::of(Source::Embedded(application), state_directory.into()).embedded(application)
    }

    fn of(source: Source, state_directory: PathBuf) -> HostBuilder {
        HostBuilder {
            source,
            embedded: None,
            state_directory,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            open: false,
            variables: BTreeMap::new(),
            addresses: Addresses::new(),
            connections: ConnectionSettings::default(),
            instances: InstanceSettings::default(),
        }
    }
}

/// A host that is not started yet.
#[derive(Clone, Debug)]
pub struct HostBuilder {
    source: Source,
    embedded: Option<EmbeddedApplication>,
    state_directory: PathBuf,
    listen: SocketAddr,
    open: bool,
    variables: BTreeMap<String, String>,
    addresses: Addresses,
    connections: ConnectionSettings,
    instances: InstanceSettings,
}

impl HostBuilder {
    /// Takes machine code from an application that this program carries, if that serves the very same component.
    pub fn embedded(mut self, application: EmbeddedApplication) -> Self {
        self.embedded = Some(application);
        self
    }

    /// Where to listen; without it, on a free port of 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Listens on any address without an admin key, too. Else an application that declares the variable `admin_key` is
    /// served beyond loopback only when that has a value.
    pub fn open(mut self, open: bool) -> Self {
        self.open = open;
        self
    }

    /// Where the key-value store is kept, and the encryption key that the host makes where the manifest declares the
    /// variable `encryption_key` and nobody sets it; without it, in `.bobbin` beside the manifest.
    pub fn state_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.state_directory = directory.into();
        self
    }

    /// The value of a variable that the manifest declares; it goes before `SPIN_VARIABLE_<NAME>`.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// What a name resolves to for the requests of components, in place of what the system says.
    pub fn resolve(mut self, name: impl Into<String>, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.addresses.insert(name.into(), addresses.into_iter().collect());
        self
    }

    /// What clients may take.
    pub fn connections(mut self, settings: ConnectionSettings) -> Self {
        self.connections = settings;
        self
    }

    /// How instances are reused.
    pub fn instances(mut self, settings: InstanceSettings) -> Self {
        self.instances = settings;
        self
    }

    /// Reads the manifest, composes and compiles its components, and listens, on threads of its own.
    pub async fn start(self) -> Result<RunningHost, StartError> {
        let runtime = HostRuntime::start().map_err(StartError::Threads)?;
        let (server, machine_code) = runtime.run(self.server()).await?;
        Ok(RunningHost { address: server.address(), machine_code, server, runtime })
    }

    /// Reads the manifest that is to be served.
    pub fn manifest(&self) -> Result<Manifest, ManifestError> {
        self.source.manifest()
    }

    /// Where the state is going to be.
    pub fn state_directory(&self) -> &Path {
        &self.state_directory
    }

    async fn server(self) -> Result<(Server, MachineCode), StartError> {
        let manifest = self.manifest()?;
        let served = manifest.served();
        let mut application = application_values(&manifest, &self.variables, |name| env::var(name).ok())?;
        if !self.open && !is_loopback(self.listen) && is_without_admin_key(&application) {
            return Err(StartError::NoAdminKey(self.listen));
        }
        let allowed = AllowedHosts::parse(&served.allowed_outbound_hosts)
            .map_err(|source| StartError::AllowedHost { component: served.id.clone(), source })?;
        let outbound = Outbound::new(Client::new(self.addresses)?, allowed, networks(&application), &served.id);

        // Before anything slow, so that a taken port is reported at once.
        let address = self.listen;
        let listening = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listening)?;

        let key_value = KeyValue {
            database: Arc::new(Database::open(&self.state_directory)?),
            allowed: Arc::new(served.key_value_stores.iter().cloned().collect()),
        };
        encryption_key::provide(&mut application, &self.state_directory)?;
        let variables = Arc::new(component_values(served, &application)?);
        let capabilities = Capabilities { key_value, variables, outbound };
        let (lifetime, end) = Lifetime::new();
        let run_compute = run_compute(&application);
        let application = (&self.source, self.embedded.as_ref());
        let (instances, machine_code) =
            instances(application, &manifest, capabilities, self.instances, run_compute, lifetime)?;
        let pool = InstancePool::new(instances).map_err(StartError::Threads)?;
        let server = Server::start(listener, self.connections, pool, end).map_err(listening)?;
        Ok((server, machine_code))
    }
}

/// An application that declares `private_upstreams` says with it whether requests may lead to private
/// networks; those of others may.
fn networks(variables: &BTreeMap<String, String>) -> Networks {
    match variables.get("private_upstreams").map(|value| value.trim()) {
        None | Some("allow") => Networks::All,
        Some(_) => Networks::Public,
    }
}

/// How long a run of the application may compute, in milliseconds, where it does not say.
const RUN_COMPUTE_MS: u64 = 2_000;

/// An application that declares `run_compute` says with it how long one of its runs may compute, in milliseconds. What
/// is no number is for the application to complain about.
fn run_compute(variables: &BTreeMap<String, String>) -> Duration {
    let said = variables.get("run_compute").and_then(|value| value.trim().parse().ok());
    Duration::from_millis(said.unwrap_or(RUN_COMPUTE_MS))
}

/// Whether the application asks for a key when it has one, and has none.
fn is_without_admin_key(variables: &BTreeMap<String, String>) -> bool {
    variables.get("admin_key").is_some_and(|value| value.trim().is_empty())
}

/// Whether only this machine reaches what listens at `address`, which may be an IPv4 address in an IPv6 one.
pub fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

fn instances(
    (source, embedded): (&Source, Option<&EmbeddedApplication>),
    manifest: &Manifest,
    capabilities: Capabilities,
    settings: InstanceSettings,
    run_compute: Duration,
    lifetime: Lifetime,
) -> Result<(Instances, MachineCode), StartError> {
    let served: &Component = manifest.served();
    let refused =
        |source: wasmtime::Error| StartError::Component { component: served.id.clone(), source: source.into() };
    let engine = engine()?;
    let composed = source.component(manifest)?;
    let (compiled, machine_code) = compiled(&engine, &composed, embedded).map_err(refused)?;
    let linked = linker(&engine).and_then(|linker| linker.instantiate_pre(&compiled)).map_err(refused)?;
    let component = ServicePre::new(linked).map_err(refused)?;
    Ok((Instances { engine, component, capabilities, settings, run_compute, lifetime }, machine_code))
}

/// A host that listens. Dropping it stops it at once.
#[derive(Debug)]
pub struct RunningHost {
    address: SocketAddr,
    machine_code: MachineCode,
    server: Server,
    runtime: HostRuntime,
}

impl RunningHost {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the machine code of the served component comes from.
    pub fn machine_code(&self) -> MachineCode {
        self.machine_code
    }

    /// Accepts no more connections, ends the streams of events that clients have opened with `GET`, and waits for other
    /// requests under way, as long as [`ConnectionSettings::stop_grace_ms`] says.
    pub async fn stop(self) {
        self.runtime.run(self.server.stop()).await;
    }
}
