//! The arguments of the command, and what it does with them.

use bobbin::output::{log, print};
use bobbin::servers_file::{self, ServersFileError};
use bobbin::{ConnectionSettings, Host, StartError, is_loopback};
use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{env, io};
use tokio::runtime::Builder;

/// Name of the manifest that is looked for.
const MANIFEST: &str = "spin.toml";

/// The most connections that can be asked for.
const MAX_CONNECTIONS: u64 = 65_536;

/// Whether servers may be on private addresses, when the operator says so himself.
const PRIVATE_UPSTREAMS: &str = "SPIN_VARIABLE_PRIVATE_UPSTREAMS";

/// Bobbin's own host: serves the components of a spin.toml where Spin is not installed.
#[derive(Debug, Parser)]
#[command(name = "bobbin", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves an application until it is interrupted.
    Up(Up),
}

#[derive(Debug, Args)]
struct Up {
    /// The manifest; without it, spin.toml in this folder or the nearest one above.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one. Addresses that other machines reach need SPIN_VARIABLE_ADMIN_KEY.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Listens without an admin key where others could reach it, too: for a network of its own, such as a container's.
    #[arg(long)]
    open: bool,
    /// MCP servers, as {"mcpServers": {…}}; ${NAME} in it is taken from the environment.
    #[arg(long, value_name = "FILE")]
    servers: Option<PathBuf>,
    /// Where the key-value store and a key for encryption are kept; without it, .bobbin beside the manifest.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Connections of clients that are open at the same time; more wait until one ends.
    #[arg(long, value_name = "NUMBER", default_value_t = ConnectionSettings::default().max_connections,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=MAX_CONNECTIONS))]
    max_connections: usize,
}

/// Why the command fails.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("there is no {MANIFEST} in this folder or above; name one with --manifest")]
    NoManifest,
    #[error(transparent)]
    Servers(#[from] ServersFileError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot run: {0}")]
    Io(#[from] io::Error),
}

/// Does what the arguments say.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    let Command::Up(up) = arguments.command;
    Builder::new_current_thread().enable_all().build()?.block_on(serve(up))
}

async fn serve(up: Up) -> Result<(), CommandError> {
    let manifest = match up.manifest {
        Some(path) => path,
        None => nearest_manifest(&env::current_dir()?).ok_or(CommandError::NoManifest)?,
    };
    let connections = ConnectionSettings { max_connections: up.max_connections, ..Default::default() };
    let mut host = Host::builder(manifest).listen(up.listen).open(up.open).connections(connections);
    if let Some(directory) = up.state {
        host = host.state_dir(directory);
    }
    if let Some(path) = up.servers {
        let file = servers_file::read(&path, |name| env::var(name).ok())?;
        host = host.variable("servers", file.servers).variable("secrets", file.secrets);
        // Who serves a file on this machine and for it alone has servers on it, more often than not.
        if is_loopback(up.listen) && env::var_os(PRIVATE_UPSTREAMS).is_none() {
            host = host.variable("private_upstreams", "allow");
        }
    }
    let mut signals = StopSignals::catch()?;
    let host = host.start().await?;
    print(format_args!("Bobbin listens on http://{}", host.address()));
    signals.next().await;
    log("stopping");
    tokio::select! {
        () = host.stop() => {}
        // Asked twice, it does not wait for requests under way.
        () = signals.next() => log("stopping at once"),
    }
    Ok(())
}

fn nearest_manifest(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().map(|folder| folder.join(MANIFEST)).find(|path| path.is_file())
}

/// SIGINT and SIGTERM.
#[cfg(unix)]
struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    /// Catches them from now on.
    fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct StopSignals;

#[cfg(not(unix))]
impl StopSignals {
    fn catch() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            log(format_args!("cannot wait for Ctrl-C: {error}"));
        }
    }
}
