//! The demonstration server: on its own (`bobbin demo-server`), and behind a gateway that has no servers yet.

use super::CommandError;
use super::signals::StopSignals;
use bobbin::demo_server::DemoServer;
use bobbin::key_value::Database;
use bobbin::output::{log, print};
use bobbin::{HostBuilder, StartError, is_loopback};
use clap::Args;
use serde_json::{Map, Value, json};
use std::env;
use std::net::SocketAddr;

/// Its alias: it stands in for the reference server of this name, so that what is written for that works.
const ALIAS: &str = "everything";

#[derive(Debug, Args)]
pub struct DemoServerArguments {
    /// Where to listen, on this machine; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

impl DemoServerArguments {
    /// Serves until a signal says to stop.
    pub async fn serve(self) -> Result<(), CommandError> {
        let server = DemoServer::listen(self.listen).await?;
        let mut signals = StopSignals::catch()?;
        print(format_args!("listening on {}", server.address()));
        tokio::select! {
            () = signals.next() => Ok(()),
            never = server.serve() => match never {},
        }
    }
}

/// Begins to listen for a gateway at `listen` that has no servers: nobody has declared some, and none are stored. Not where
/// somebody has set a key, or denies servers on this machine: who does so is beyond trying.
pub async fn listen_for(host: &HostBuilder, listen: SocketAddr) -> Result<Option<DemoServer>, CommandError> {
    if !is_loopback(listen) || is_set(super::SERVERS) || is_set(super::ADMIN_KEY) || denies_private_upstreams() {
        return Ok(None);
    }
    let variables = host.manifest().map_err(StartError::from)?.variables;
    let declared = variables.get("servers").and_then(|variable| variable.default.as_deref());
    if !declared.is_some_and(is_empty) || !variables.contains_key("private_upstreams") || has_stored(host).await? {
        return Ok(None);
    }
    let server = DemoServer::listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    log(format_args!(
        "no servers are configured; the demonstration server on {} is there to try, as `{ALIAS}` (--no-demo leaves it out)",
        server.address()
    ));
    Ok(Some(server))
}

/// The value of the variable `servers` with this server.
pub fn servers(server: &DemoServer) -> String {
    json!({"mcpServers": {ALIAS: {"type": "http", "url": server.url()}}}).to_string()
}

/// Whether an environment variable has a value; an empty one counts for none, as for the gateway.
pub fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.to_string_lossy().trim().is_empty())
}

fn denies_private_upstreams() -> bool {
    env::var_os(super::PRIVATE_UPSTREAMS).is_some_and(|value| value.to_string_lossy().trim() != "allow")
}

/// Whether a document of servers has none.
fn is_empty(document: &str) -> bool {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    document.get("mcpServers").and_then(Value::as_object).is_some_and(Map::is_empty)
}

/// Whether servers have been added while the gateway ran; it keeps them under `server/<alias>/…`.
async fn has_stored(host: &HostBuilder) -> Result<bool, CommandError> {
    if !Database::is_in(host.state_directory()) {
        return Ok(false);
    }
    let keys = async { Database::open(host.state_directory())?.keys("default").await };
    Ok(keys.await.map_err(StartError::from)?.iter().any(|key| key.starts_with("server/")))
}
