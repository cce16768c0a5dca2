//! Several gateways that are one to their clients: on one state, behind a proxy without stickiness.

use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::api::Api;
use crate::client::Client;
use crate::gateway::Gateway;
use crate::host_process::HostProcess;
use crate::project;
use crate::redis::Redis;
use crate::round_robin::RoundRobin;

/// How many there are.
pub const SIZE: usize = 3;

/// What all of them seal with.
const ENCRYPTION_KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// Gateways behind a proxy.
pub struct Fleet {
    proxy: RoundRobin,
    _members: Members,
}

enum Members {
    Local { _gateways: Box<[Gateway; SIZE]> },
    Spins { _spins: Vec<HostProcess>, _redis: Redis, _folder: TempDir },
}

impl Fleet {
    /// Starts them with these variables: local hosts on one state, or Spins on one Redis when BOBBIN_HOST=spin. Their
    /// servers may be on loopback.
    ///
    /// # Errors
    /// What is missing, where they cannot be had.
    pub async fn start(variables: &[(&str, &str)]) -> Result<Self, &'static str> {
        let mut all = vec![("private_upstreams", "allow"), ("encryption_key", ENCRYPTION_KEY)];
        all.extend(variables);
        if std::env::var("BOBBIN_HOST").is_ok_and(|host| host == "spin") {
            spins(&all).await
        } else {
            Ok(local(&all).await)
        }
    }

    /// A client of all of them.
    pub fn client(&self) -> Client {
        Client::new(self.proxy.address())
    }

    /// Their admin API.
    pub fn api(&self) -> Api {
        Api::new(self.client())
    }

    /// How many requests have come so far.
    pub fn requests(&self) -> usize {
        self.proxy.requests()
    }
}

async fn local(variables: &[(&str, &str)]) -> Fleet {
    let first = Gateway::start_with(variables).await;
    let (second, third) = (first.start_beside(variables).await, first.start_beside(variables).await);
    let gateways = [first, second, third];
    let proxy = RoundRobin::start(gateways.iter().map(Gateway::address).collect()).await;
    Fleet { proxy, _members: Members::Local { _gateways: Box::new(gateways) } }
}

async fn spins(variables: &[(&str, &str)]) -> Result<Fleet, &'static str> {
    if let Some(missing) = Redis::missing() {
        return Err(missing);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let redis = Redis::start(folder.path());
    let config = redis.write_runtime_config(folder.path()).to_str().expect("a path in UTF-8").to_owned();
    let mut spins = Vec::new();
    for number in 0..SIZE {
        let (state, config) = (folder.path().join(number.to_string()), config.clone());
        let variables: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let start = spawn_blocking(move || {
            let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            HostProcess::spin(&project::path("spin.toml"), &variables, &state, &["--runtime-config-file", &config])
        });
        spins.push(start.await.expect("Spin starts"));
    }
    let proxy = RoundRobin::start(spins.iter().map(HostProcess::address).collect()).await;
    Ok(Fleet { proxy, _members: Members::Spins { _spins: spins, _redis: redis, _folder: folder } })
}
