//! `bobbin up`.

use super::signals::StopSignals;
use super::{CommandError, application, demo};
use bobbin::output::{log, print};
use bobbin::{ConnectionSettings, HostBuilder, InstanceSettings, MachineCode, StartError, is_loopback, servers_file};
use clap::Args;
use clap::builder::RangedU64ValueParser;
use std::env;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// How many connections can be asked for.
const CONNECTIONS: RangeInclusive<u64> = 4..=65_536;

/// How many instances can be asked for.
const INSTANCES: RangeInclusive<u64> = 1..=4_096;

/// What a share may be, in percent.
const PERCENT: RangeInclusive<u64> = 1..=100;

#[derive(Debug, Args)]
pub struct Up {
    /// The manifest; without it, Bobbin's own spin.toml in this folder or above, or else the application inside.
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
    /// Starts no demonstration server where there are no servers and no admin key.
    #[arg(long)]
    no_demo: bool,
    /// Where the key-value store and a key for encryption are kept; without it, .bobbin beside the manifest, or for the
    /// application inside a folder of this user.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Connections of clients that are open at the same time; for more, those are closed that wait for a request.
    #[arg(long, value_name = "NUMBER", default_value_t = ConnectionSettings::default().max_connections,
        value_parser = RangedU64ValueParser::<usize>::new().range(CONNECTIONS))]
    max_connections: usize,
    /// Instances of the components at the same time, which is how many requests are answered at once; more wait.
    #[arg(long, value_name = "NUMBER", default_value_t = InstanceSettings::default().max_instances,
        value_parser = RangedU64ValueParser::<usize>::new().range(INSTANCES))]
    max_instances: usize,
    /// Of the instances, and of the requests under way, what one key may have, or one address without a key.
    #[arg(long, value_name = "PERCENT", default_value_t = ConnectionSettings::default().caller_share_percent,
        value_parser = RangedU64ValueParser::<usize>::new().range(PERCENT))]
    caller_share: usize,
    /// Of the requests under way, what one address may have, with all of its keys; 100 behind a proxy.
    #[arg(long, value_name = "PERCENT", default_value_t = ConnectionSettings::default().address_share_percent,
        value_parser = RangedU64ValueParser::<usize>::new().range(PERCENT))]
    address_share: usize,
}

impl Up {
    /// Serves until a signal says to stop.
    pub async fn serve(self) -> Result<(), CommandError> {
        let (connections, instances) = (self.connection_settings(), self.instance_settings());
        let is_named = self.manifest.is_some();
        let application = application::choose(self.manifest, self.state)?;
        let mut host =
            application.host.listen(self.listen).open(self.open).connections(connections).instances(instances);
        let is_own = is_loopback(self.listen) && (self.servers.is_some() || !demo::is_set(super::ADMIN_KEY));
        // Who serves on this machine and for it alone has servers on it, more often than not.
        if is_own && env::var_os(super::PRIVATE_UPSTREAMS).is_none() && declares(&host, "private_upstreams")? {
            host = host.variable("private_upstreams", "allow");
        }
        let mut demo_server = None;
        if let Some(path) = self.servers {
            let file = servers_file::read(&path, |name| env::var(name).ok())?;
            host = host.variable("servers", file.servers).variable("secrets", file.secrets);
        } else if !self.no_demo
            && let Some(server) = demo::listen_for(&host, self.listen).await?
        {
            host = host.variable("servers", demo::servers(&server));
            demo_server = Some(server);
        }
        let serving = run(host, (!is_named).then_some(application.name));
        match demo_server {
            None => serving.await,
            Some(server) => tokio::select! {
                result = serving => result,
                never = server.serve() => match never {},
            },
        }
    }

    fn connection_settings(&self) -> ConnectionSettings {
        ConnectionSettings {
            max_connections: self.max_connections,
            caller_share_percent: self.caller_share,
            address_share_percent: self.address_share,
            ..Default::default()
        }
    }

    fn instance_settings(&self) -> InstanceSettings {
        InstanceSettings {
            max_instances: self.max_instances,
            caller_share_percent: self.caller_share,
            ..Default::default()
        }
    }
}

/// Whether the manifest declares a variable.
fn declares(host: &HostBuilder, variable: &str) -> Result<bool, CommandError> {
    Ok(host.manifest().map_err(StartError::from)?.variables.contains_key(variable))
}

/// Runs a host until a signal says to stop. What was chosen and not named is told.
async fn run(host: HostBuilder, chosen: Option<String>) -> Result<(), CommandError> {
    let mut signals = StopSignals::catch()?;
    let state = host.state_directory().display().to_string();
    let host = host.start().await?;
    if let Some(name) = chosen {
        let machine_code = match host.machine_code() {
            MachineCode::Embedded => "inside",
            MachineCode::Compiled => "compiled here",
        };
        log(format_args!("serving {name}, machine code {machine_code}, state in {state}"));
    }
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
