//! 32 clients at the same time, and what must be there when they are done.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::writer::{FIRST, Shared, Tally, Writer};

const CLIENTS: usize = 32;

/// All clients.
pub struct Writers {
    writers: Vec<Writer>,
    shared: Shared,
}

impl Writers {
    /// Makes what the clients share. `steady` is an MCP server that they change all the time and that must work all the
    /// time.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn new(host: SocketAddr, steady: &str) -> Self {
        let mut caller = Caller::new(&[host], 0);
        let servers = ["steady", "shared"].map(str::to_owned).to_vec();
        for (alias, url) in servers.iter().zip([steady, "https://there.example/mcp"]) {
            let server = json!({"alias": alias, "url": url, "timeoutMs": FIRST});
            let made = caller.ask("POST", "/api/v1/servers", &[], &server).await.expect("the host answers");
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        }
        let key = json!({"name": "shared", "rateLimitPerMinute": FIRST});
        let made = caller.ask("POST", "/api/v1/keys", &[], &key).await.expect("the host answers");
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let key = made.body["id"].as_str().expect("an id").to_owned();
        let writers = (0..CLIENTS).map(Writer::new).collect();
        Self { writers, shared: Shared { servers, key, since: Instant::now() } }
    }

    /// All write, each to these hosts in turn, for so long or until a host is gone.
    pub async fn write(&mut self, hosts: &[SocketAddr], time: Duration) {
        let (shared, until) = (&self.shared, Instant::now() + time);
        // On tasks of their own, so that they are on all threads.
        let writing = std::mem::take(&mut self.writers).into_iter().map(|mut writer| {
            let (hosts, shared) = (hosts.to_vec(), shared.clone());
            tokio::spawn(async move {
                writer.write(&hosts, &shared, until).await;
                writer
            })
        });
        self.writers = join_all(writing).await.into_iter().map(|done| done.expect("a client goes on")).collect();
    }

    /// What became of all requests.
    pub fn tally(&self) -> Tally {
        self.writers.iter().fold(Tally::default(), |sum, Writer { tally, .. }| Tally {
            acknowledged: sum.acknowledged + tally.acknowledged,
            conflicts: sum.conflicts + tally.conflicts,
            unclear: sum.unclear + tally.unclear,
        })
    }

    /// Compares what a host has with what the clients know.
    ///
    /// # Panics
    /// When something acknowledged is not there, or something is there that cannot be.
    pub async fn check(&mut self, host: SocketAddr) {
        let mut caller = Caller::new(&[host], 0);
        let servers = by(caller.list("/servers").await, "alias");
        let keys = by(caller.list("/keys").await, "id");
        for (path, items) in [("servers", &servers), ("keys", &keys)] {
            for (name, listed) in items {
                let one = caller.get(&format!("/{path}/{name}")).await.expect("the host answers");
                assert_eq!((one.status, &one.body), (StatusCode::OK, listed), "{name}, alone and in the list");
            }
        }
        self.check_own(&servers, &keys);
        self.check_claims(&servers);
        self.check_counters(&mut caller).await;
        for writer in &self.writers {
            for server in &writer.headers {
                let header = format!("x-{}", writer.name);
                assert!(
                    servers[server]["headers"].get(&header).is_some(),
                    "{server} has {header}: {}",
                    servers[server]
                );
            }
        }
    }

    fn check_own(&mut self, servers: &BTreeMap<String, Value>, keys: &BTreeMap<String, Value>) {
        let text = |items: &BTreeMap<String, Value>, name: &str, member: &str| {
            items.get(name).map(|item| item[member].as_str().expect("text").to_owned())
        };
        for writer in &mut self.writers {
            for (alias, known) in &mut writer.servers {
                known.check(alias, text(servers, alias, "description"));
            }
            for (id, known) in &mut writer.keys {
                known.check(id, text(keys, id, "name"));
            }
        }
        // A client whose connection broke while it made a key does not know its id.
        let known: BTreeSet<&String> = self.writers.iter().flat_map(|writer| writer.keys.keys()).collect();
        let unknown = keys.keys().filter(|id| **id != self.shared.key && !known.contains(id)).count() as u64;
        assert!(unknown <= self.tally().unclear, "{unknown} keys are nobody's");
    }

    fn check_claims(&self, servers: &BTreeMap<String, Value>) {
        let mut owners = BTreeMap::new();
        for writer in &self.writers {
            for alias in &writer.claimed {
                let other = owners.insert(alias, &writer.name);
                assert_eq!(other, None, "{alias} was given to {} as well", writer.name);
                assert_eq!(servers[alias]["description"], *writer.name, "{alias}");
            }
        }
        let claims = servers.keys().filter(|alias| alias.starts_with("claim-") && !owners.contains_key(alias));
        assert!(claims.count() as u64 <= self.tally().unclear, "aliases are nobody's");
    }

    async fn check_counters(&self, caller: &mut Caller) {
        let mut raised: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (path, (acknowledged, unclear)) in self.writers.iter().flat_map(|writer| &writer.raised) {
            let sum = raised.entry(path).or_default();
            *sum = (sum.0 + acknowledged, sum.1 + unclear);
        }
        for (path, (acknowledged, unclear)) in raised {
            let read = caller.get(path).await.expect("the host answers").body;
            let member = if path.starts_with("/keys/") { "rateLimitPerMinute" } else { "timeoutMs" };
            let counted = read[member].as_u64().expect("a number") - FIRST;
            let fits = (acknowledged..=acknowledged + unclear).contains(&counted);
            assert!(fits, "{path} was raised {counted} times: {acknowledged} acknowledged, {unclear} unclear");
        }
    }
}

/// Items by a member that no two have in common.
fn by(items: Vec<Value>, member: &str) -> BTreeMap<String, Value> {
    let count = items.len();
    let items: BTreeMap<String, Value> =
        items.into_iter().map(|item| (item[member].as_str().expect("text").to_owned(), item)).collect();
    assert_eq!(items.len(), count, "each is listed once");
    items
}
