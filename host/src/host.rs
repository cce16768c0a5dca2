//! A host from a manifest to a listening server.

use crate::composition::{CompositionError, compose};
use crate::encryption_key::{self, EncryptionKeyError};
use crate::key_value::{Database, DatabaseError, KeyValue};
use crate::manifest::{Component, Manifest, ManifestError};
use crate::outbound::{AllowedHosts, Client, InvalidAllowedHost, Networks, Outbound, TlsError};
use crate::runtime::{Capabilities, EngineError, engine, linker};
use crate::server::{ConnectionSettings, InstanceSettings, Instances, Lifetime, Server};
use crate::threads::Threads;
use crate::variables::{VariableError, application_values, component_values};
use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
        HostBuilder {
            manifest: manifest.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            state_directory: None,
            variables: BTreeMap::new(),
            connections: ConnectionSettings::default(),
            instances: InstanceSettings::default(),
        }
    }
}

/// A host that is not started yet.
#[derive(Clone, Debug)]
pub struct HostBuilder {
    manifest: PathBuf,
    listen: SocketAddr,
    state_directory: Option<PathBuf>,
    variables: BTreeMap<String, String>,
    connections: ConnectionSettings,
    instances: InstanceSettings,
}

impl HostBuilder {
    /// Where to listen; without it, on a free port of 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Where the key-value store is kept, and the encryption key that the host makes where the manifest declares the
    /// variable `encryption_key` and nobody sets it; without it, in `.bobbin` beside the manifest.
    pub fn state_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.state_directory = Some(directory.into());
        self
    }

    /// The value of a variable that the manifest declares; it goes before `SPIN_VARIABLE_<NAME>`.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
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
        let threads = Threads::start().map_err(StartError::Threads)?;
        let server = threads.run(self.server()).await?;
        Ok(RunningHost { address: server.address(), server, threads })
    }

    async fn server(self) -> Result<Server, StartError> {
        let manifest = Manifest::read(&self.manifest)?;
        let served = manifest.served();
        let mut application = application_values(&manifest, &self.variables, |name| env::var(name).ok())?;
        let allowed = AllowedHosts::parse(&served.allowed_outbound_hosts)
            .map_err(|source| StartError::AllowedHost { component: served.id.clone(), source })?;
        let outbound = Outbound::new(Client::new()?, allowed, networks(&application), &served.id);

        // Before anything slow, so that a taken port is reported at once.
        let address = self.listen;
        let listening = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listening)?;

        let state_directory = self.state_directory.unwrap_or_else(|| beside(&self.manifest));
        let key_value = KeyValue {
            database: Arc::new(Database::open(&state_directory)?),
            allowed: Arc::new(served.key_value_stores.iter().cloned().collect()),
        };
        encryption_key::provide(&mut application, &state_directory)?;
        let variables = Arc::new(component_values(served, &application)?);
        let capabilities = Capabilities { key_value, variables, outbound };
        let (lifetime, end) = Lifetime::new();
        let instances = instances(&manifest, capabilities, self.instances, lifetime)?;
        Server::start(listener, self.connections, instances, end).map_err(listening)
    }
}

/// An application that declares `private_upstreams` says with it where requests may lead; to others nothing is denied.
fn networks(variables: &BTreeMap<String, String>) -> Networks {
    match variables.get("private_upstreams").map(|value| value.trim()) {
        None | Some("allow") => Networks::Any,
        Some(_) => Networks::Public,
    }
}

fn beside(manifest: &Path) -> PathBuf {
    manifest.parent().unwrap_or(Path::new("")).join(STATE_DIRECTORY)
}

fn instances(
    manifest: &Manifest,
    capabilities: Capabilities,
    settings: InstanceSettings,
    lifetime: Lifetime,
) -> Result<Instances, StartError> {
    let served: &Component = manifest.served();
    let refused =
        |source: wasmtime::Error| StartError::Component { component: served.id.clone(), source: source.into() };
    let engine = engine()?;
    let composed = compose(manifest)?;
    let compiled = wasmtime::component::Component::new(&engine, &composed).map_err(refused)?;
    let linked = linker(&engine).and_then(|linker| linker.instantiate_pre(&compiled)).map_err(refused)?;
    let component = ServicePre::new(linked).map_err(refused)?;
    Ok(Instances { engine, component, capabilities, settings, lifetime })
}

/// A host that listens. Dropping it stops it at once.
#[derive(Debug)]
pub struct RunningHost {
    address: SocketAddr,
    server: Server,
    threads: Threads,
}

impl RunningHost {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more connections, ends the streams of events that clients have opened with `GET`, and waits for other
    /// requests under way, as long as [`ConnectionSettings::stop_grace_ms`] says.
    pub async fn stop(self) {
        self.threads.run(self.server.stop()).await;
    }
}
