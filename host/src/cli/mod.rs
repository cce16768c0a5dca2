//! The arguments of the command, and what it does with them.

mod application;
mod demo;
mod health;
mod signals;
mod up;

use application::ApplicationError;
use bobbin::StartError;
use bobbin::bundle::{self, BundleError};
use bobbin::demo_server::DemoServerError;
use bobbin::output::print;
use bobbin::servers_file::{self, ServersFileError};
use clap::{Args, Parser, Subcommand};
use health::HealthError;
use std::future::Future;
use std::path::PathBuf;
use std::{env, io};
use tokio::runtime::Builder;

/// Declared servers.
const SERVERS: &str = "SPIN_VARIABLE_SERVERS";

/// The operator's key.
const ADMIN_KEY: &str = "SPIN_VARIABLE_ADMIN_KEY";

/// Whether servers may be on private addresses, when the operator says so himself.
const PRIVATE_UPSTREAMS: &str = "SPIN_VARIABLE_PRIVATE_UPSTREAMS";

/// Bobbin: an MCP gateway made of WebAssembly components, with its own host for them.
#[derive(Debug, Parser)]
#[command(name = "bobbin", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the gateway, or the application of a manifest, until it is interrupted.
    Up(up::Up),
    /// Prints the values of each ${NAME} in a file of servers, for the variable `secrets`: with other hosts than this.
    Secrets(Secrets),
    /// Serves a small MCP server to try the gateway with.
    DemoServer(demo::DemoServerArguments),
    /// Asks a gateway on this machine whether it is healthy, and fails if not.
    Health(health::Health),
    /// Writes the application that a bobbin is to carry; scripts/build calls this.
    #[command(hide = true)]
    Bundle(Bundle),
}

#[derive(Debug, Args)]
struct Bundle {
    /// The manifest.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// Where to write: the manifest, the composed component, and machine code for it.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

#[derive(Debug, Args)]
struct Secrets {
    /// MCP servers, as {"mcpServers": {…}}; the values are those of the environment.
    #[arg(long, value_name = "FILE")]
    servers: PathBuf,
}

/// Why the command fails.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Application(#[from] ApplicationError),
    #[error(transparent)]
    Servers(#[from] ServersFileError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    DemoServer(#[from] DemoServerError),
    #[error(transparent)]
    Health(#[from] HealthError),
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error("cannot run: {0}")]
    Io(#[from] io::Error),
}

/// Does what the arguments say.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    match arguments.command {
        Command::Up(up) => wait(up.serve()),
        Command::Secrets(Secrets { servers }) => {
            print(servers_file::read(&servers, |name| env::var(name).ok())?.secrets);
            Ok(())
        }
        Command::DemoServer(arguments) => wait(arguments.serve()),
        Command::Health(health) => Ok(health.ask()?),
        Command::Bundle(Bundle { manifest, output }) => Ok(bundle::write(&manifest, &output)?),
    }
}

fn wait(task: impl Future<Output = Result<(), CommandError>>) -> Result<(), CommandError> {
    Builder::new_current_thread().enable_all().build()?.block_on(task)
}
