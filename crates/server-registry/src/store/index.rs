//! `servers`: which servers are registered through the API or by agents.

use super::{
    document::{self, ChangeError},
    server_record::{self, ServerRecord},
};
use crate::host::{Host, StoreError};
use admin_api::Source;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use upstream_address::PrivateUpstreams;

/// Where the index is kept.
pub(crate) const KEY: &str = "servers";

/// Servers that may be registered.
pub(crate) const MAX_SERVERS: usize = 1_000;

/// All registered servers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Index {
    /// The version of the last change of any server, or of the last refresh.
    pub last_version: u64,
    pub servers: BTreeMap<String, Listed>,
    /// The last time that somebody wanted a server's tools fetched anew, counted like versions.
    #[serde(default)]
    pub refreshes: BTreeMap<String, u64>,
}

impl Index {
    /// The last time that somebody wanted a server's tools fetched anew; 0 where nobody did.
    pub fn last_refresh(&self, alias: &str) -> u64 {
        self.refreshes.get(alias).copied().unwrap_or_default()
    }
}

/// What a request that does not call a server needs of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub version: u64,
    /// Names the record with the rest: `server/<alias>/<body>`. Another one after every change.
    pub body: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub enabled: bool,
    pub code_mode: bool,
    /// Whether types are learned of what its tools return.
    #[serde(default = "yes")]
    pub learn_types: bool,
    /// The key by which an agent registered it; `None`: the API did.
    pub agent: Option<String>,
    /// What that agent calls it, where its alias here is another one, since somebody else has that.
    #[serde(default)]
    pub name: Option<String>,
    pub created_at_ms: u64,
    pub updated_at_ms: u64,
}

/// What counts where an older record says nothing.
fn yes() -> bool {
    true
}

impl Listed {
    /// Where it may be: those of agents only in public, whatever the operator's own may.
    pub fn private(&self, of_operator: PrivateUpstreams) -> PrivateUpstreams {
        if self.agent.is_some() { PrivateUpstreams::Deny } else { of_operator }
    }

    /// Whether this agent registered it, under this name. `alias` is the one that it has here.
    pub fn is_called(&self, name: &str, alias: &str, agent: &str) -> bool {
        self.agent.as_deref() == Some(agent) && self.name.as_deref().unwrap_or(alias) == name
    }

    /// Who registered it.
    pub fn source(&self) -> Source {
        if self.agent.is_some() { Source::Agent } else { Source::Api }
    }

    /// Which state of the server it is.
    pub fn revision(&self) -> admin_api::Revision {
        admin_api::Revision { version: self.version, created_at_ms: self.created_at_ms }
    }
}

/// Who makes the index, where there is none yet, counts here.
const MADE_KEY: &str = "servers-made";

/// How often what others are about to write is looked for, and the pauses in between where it has to be waited for.
const LOOKS: u32 = 20;
const PAUSE_MS: u64 = 100;

/// The index as it is.
pub(crate) async fn load<H: Host>(host: &H) -> Result<Index, StoreError> {
    match host.get(KEY).await? {
        Some(bytes) => document::read(KEY, &bytes),
        None => Ok(Index::default()),
    }
}

/// A server and its record, `None` when it is gone. Whoever changes a server removes its older record, so one that was
/// changed since `listed` was read is given as it is now.
pub(crate) async fn current<H: Host>(
    host: &H,
    alias: &str,
    listed: &Listed,
) -> Result<Option<(Listed, ServerRecord)>, StoreError> {
    let mut listed = listed.clone();
    for _ in 0..LOOKS {
        if let Some(record) = server_record::load(host, alias, &listed.body).await? {
            return Ok(Some((listed, record)));
        }
        match load(host).await?.servers.remove(alias) {
            Some(moved) if moved.body != listed.body => listed = moved,
            _ => return Ok(None),
        }
    }
    Err(StoreError("others changed the server again and again".to_string()))
}

/// Changes the index.
pub(crate) async fn change<H: Host, R, E>(
    host: &H,
    mut change: impl FnMut(&mut Index) -> Result<R, E>,
) -> Result<R, ChangeError<E>> {
    make(host).await?;
    document::change(host, KEY, |index: Option<Index>| {
        let mut index = index.unwrap_or_default();
        let changed = change(&mut index)?;
        Ok((index, changed))
    })
    .await
}

/// Makes an empty index where there is none. One instance does, since some stores let two first writers overwrite each
/// other; should that one fail, the next writer goes on without.
async fn make<H: Host>(host: &H) -> Result<(), StoreError> {
    if host.get(KEY).await?.is_some() {
        return Ok(());
    }
    if host.increment(MADE_KEY, 1).await? == 1 {
        return host.set(KEY, document::first(&Index::default())?).await;
    }
    for _ in 0..LOOKS {
        if host.get(KEY).await?.is_some() {
            break;
        }
        host.sleep(Duration::from_millis(PAUSE_MS)).await;
    }
    Ok(())
}
