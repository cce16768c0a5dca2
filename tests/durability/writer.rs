//! One client: it writes what is its own and what all share, and remembers what was acknowledged.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use http::StatusCode;
use serde_json::{Value, json};

use crate::caller::{Answered, Caller};
use crate::chance::Chance;
use crate::known::Known;

/// Where counters begin: a timeout that is long enough for a call, in milliseconds, and a rate limit.
pub const FIRST: u64 = 20_000;

/// Servers of each client.
const OWN_SERVERS: u64 = 2;

/// How often an alias that nobody had is up for the first who takes it.
const CLAIM_EVERY_MS: u128 = 200;

/// What all clients share.
#[derive(Clone)]
pub struct Shared {
    /// Servers whose timeout is a counter.
    pub servers: Vec<String>,
    /// The id of a key whose rate limit is one.
    pub key: String,
    /// Since when they write.
    pub since: Instant,
}

/// What became of its requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub acknowledged: u64,
    /// 412: another client was faster.
    pub conflicts: u64,
    /// 503, or no answer.
    pub unclear: u64,
}

/// What it must find at the end.
pub struct Writer {
    pub name: String,
    chance: Chance,
    /// Descriptions of its servers, by alias.
    pub servers: BTreeMap<String, Known>,
    /// Names of its keys, by id, and what to show.
    pub keys: BTreeMap<String, Known>,
    texts: BTreeMap<String, String>,
    /// Shared servers that have its header.
    pub headers: Vec<String>,
    /// Acknowledged and unclear raises of each counter, by path.
    pub raised: BTreeMap<String, (u64, u64)>,
    /// Aliases that it was the first to take.
    pub claimed: Vec<String>,
    pub tally: Tally,
}

impl Writer {
    /// A client that has not written yet.
    pub fn new(number: usize) -> Self {
        let name = format!("w{number}");
        let own = (0..OWN_SERVERS).map(|server| (format!("{name}-{server}"), Known::nothing()));
        Self {
            chance: Chance::new(number),
            servers: own.collect(),
            keys: BTreeMap::new(),
            texts: BTreeMap::new(),
            headers: Vec::new(),
            raised: BTreeMap::new(),
            claimed: Vec::new(),
            tally: Tally::default(),
            name,
        }
    }

    /// Writes until `until`, or until a host is gone.
    pub async fn write(&mut self, hosts: &[SocketAddr], shared: &Shared, until: Instant) {
        let mut caller = Caller::new(hosts, self.chance.below(hosts.len() as u64) as usize);
        while Instant::now() < until {
            let went_on = match self.chance.below(10) {
                0..=2 => self.write_server(&mut caller).await,
                3 => self.delete_server(&mut caller).await,
                4 => self.write_key(&mut caller).await,
                5 => self.delete_key(&mut caller).await,
                6 => self.take_alias(&mut caller, shared).await,
                7 => self.add_header(&mut caller, shared).await,
                8 => self.raise(&mut caller, &format!("/keys/{}", shared.key), "rateLimitPerMinute").await,
                _ => {
                    let server = self.one_of(&shared.servers);
                    self.raise(&mut caller, &format!("/servers/{server}"), "timeoutMs").await
                }
            };
            if went_on.is_none() {
                return;
            }
        }
    }

    fn one_of(&mut self, names: &[String]) -> String {
        names[self.chance.below(names.len() as u64) as usize].clone()
    }

    /// Sends a request that changes something, and counts what becomes of it.
    async fn change(
        &mut self,
        caller: &mut Caller,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Option<Answered> {
        let answered = caller.ask(method, &format!("/api/v1{path}"), headers, &body).await;
        match answered.as_ref().map(|answered| answered.status) {
            Some(status) if status.is_success() => self.tally.acknowledged += 1,
            Some(StatusCode::PRECONDITION_FAILED) => self.tally.conflicts += 1,
            Some(StatusCode::SERVICE_UNAVAILABLE) | None => self.tally.unclear += 1,
            Some(StatusCode::NOT_FOUND) => {}
            Some(_) => panic!("{}: {method} {path}: {answered:?}", self.name),
        }
        answered
    }

    async fn write_server(&mut self, caller: &mut Caller) -> Option<()> {
        let alias = format!("{}-{}", self.name, self.chance.below(OWN_SERVERS));
        let text = self.chance.below(u64::MAX).to_string();
        let server = json!({"url": "https://there.example/mcp", "description": text});
        let method = if self.chance.below(2) == 0 { "PUT" } else { "PATCH" };
        let answered = self.change(caller, method, &format!("/servers/{alias}"), &[], server).await;
        let known = self.servers.get_mut(&alias).expect("one of its own");
        note(known, &alias, answered.as_ref(), Some(text));
        answered.map(drop)
    }

    async fn delete_server(&mut self, caller: &mut Caller) -> Option<()> {
        let alias = format!("{}-{}", self.name, self.chance.below(OWN_SERVERS));
        let answered = self.change(caller, "DELETE", &format!("/servers/{alias}"), &[], Value::Null).await;
        let known = self.servers.get_mut(&alias).expect("one of its own");
        note(known, &alias, answered.as_ref(), None);
        answered.map(drop)
    }

    /// Makes a key, or changes the one that it has.
    async fn write_key(&mut self, caller: &mut Caller) -> Option<()> {
        let name = self.chance.below(u64::MAX).to_string();
        let Some(id) = self.texts.keys().next().cloned() else {
            let made = self.change(caller, "POST", "/keys", &[], json!({"name": name})).await?;
            if made.status == StatusCode::CREATED {
                let text = |member: &str| made.body[member].as_str().expect("text").to_owned();
                let mut known = Known::nothing();
                known.set(Some(name));
                self.keys.insert(text("id"), known);
                self.texts.insert(text("id"), text("key"));
                self.expect_key(caller, &text("key"), StatusCode::OK).await?;
            }
            return Some(());
        };
        let answered = self.change(caller, "PATCH", &format!("/keys/{id}"), &[], json!({"name": name})).await;
        note(self.keys.get_mut(&id).expect("its own"), &id, answered.as_ref(), Some(name));
        answered.map(drop)
    }

    async fn delete_key(&mut self, caller: &mut Caller) -> Option<()> {
        let Some((id, text)) = self.texts.pop_first() else { return Some(()) };
        let answered = self.change(caller, "DELETE", &format!("/keys/{id}"), &[], Value::Null).await;
        note(self.keys.get_mut(&id).expect("its own"), &id, answered.as_ref(), None);
        if answered?.status == StatusCode::NO_CONTENT {
            self.expect_key(caller, &text, StatusCode::UNAUTHORIZED).await?;
        }
        Some(())
    }

    /// The next request, which another host may answer, sees what was acknowledged.
    async fn expect_key(&self, caller: &mut Caller, key: &str, status: StatusCode) -> Option<()> {
        let authorization = format!("Bearer {key}");
        let headers = [("authorization", &*authorization), ("accept", "application/json, text/event-stream")];
        let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
        let answered = caller.ask("POST", "/mcp", &headers, &ping).await?;
        assert_eq!(answered.status, status, "{}: {}", self.name, answered.body);
        Some(())
    }

    /// Takes an alias that others want as well.
    async fn take_alias(&mut self, caller: &mut Caller, shared: &Shared) -> Option<()> {
        let alias = format!("claim-{}", shared.since.elapsed().as_millis() / CLAIM_EVERY_MS);
        let server = json!({"url": "https://there.example/mcp", "description": self.name});
        let only_new = [("if-none-match", "*")];
        let answered = self.change(caller, "PUT", &format!("/servers/{alias}"), &only_new, server).await?;
        if answered.status == StatusCode::CREATED {
            self.claimed.push(alias);
        }
        Some(())
    }

    /// Adds a header to a server that others add theirs to.
    async fn add_header(&mut self, caller: &mut Caller, shared: &Shared) -> Option<()> {
        let server = self.one_of(&shared.servers);
        let header = json!({"headers": {format!("x-{}", self.name): "a secret"}});
        let answered = self.change(caller, "PATCH", &format!("/servers/{server}"), &[], header).await?;
        if answered.status == StatusCode::OK && !self.headers.contains(&server) {
            self.headers.push(server);
        }
        Some(())
    }

    /// Reads a number, and writes the next one if nobody else did meanwhile.
    async fn raise(&mut self, caller: &mut Caller, path: &str, member: &str) -> Option<()> {
        let read = caller.get(path).await?;
        assert_eq!(read.status, StatusCode::OK, "{path} is there all the time: {}", read.body);
        let next = read.body[member].as_u64().expect("a number") + 1;
        let unchanged = [("if-match", &*read.etag)];
        let answered = self.change(caller, "PATCH", path, &unchanged, json!({member: next})).await;
        let (acknowledged, unclear) = self.raised.entry(path.to_owned()).or_default();
        match answered.as_ref().map(|answered| answered.status) {
            Some(StatusCode::OK) => *acknowledged += 1,
            Some(StatusCode::PRECONDITION_FAILED) => {}
            Some(StatusCode::SERVICE_UNAVAILABLE) | None => *unclear += 1,
            Some(_) => panic!("{path} is there all the time: {answered:?}"),
        }
        answered.map(drop)
    }
}

fn note(known: &mut Known, name: &str, answered: Option<&Answered>, state: Option<String>) {
    match answered.map(|answered| answered.status) {
        Some(status) if status.is_success() => known.set(state),
        Some(StatusCode::NOT_FOUND) => known.is_missing(name),
        Some(StatusCode::SERVICE_UNAVAILABLE) | None => known.may_be(state),
        Some(_) => panic!("{name}: {answered:?}"),
    }
}
