//! Servers that agents add for themselves, where the operator allows it: public ones without credentials, which nobody
//! else sees.

use crate::{
    access::{Access, invalid_params},
    failure::Failure,
    host::{Host, StoreError},
    registry::Registry,
    sensitive,
    snapshot::{added_by, store_failure},
    store::{
        document::ChangeError,
        index::{self, Listed, MAX_SERVERS},
        key_record,
        server_record::{self, AuthRecord, ServerRecord},
    },
    target::{self, Target},
    upstream::Upstream,
};
use futures::future::join_all;
use http::Uri;
use std::collections::{BTreeMap, BTreeSet};
use tool_names::alias;
use tool_policy::Policy;
use upstream_address::PrivateUpstreams;
use usage::Outcome;

/// Servers that one caller may add.
const MAX_PER_CALLER: usize = 10;

const TIMEOUT_MS: u32 = 25_000;

/// Characters of `-` and a random number behind a name that somebody has.
const ID_SUFFIX_CHARS: usize = 9;

/// How often an alias of the index is sought for a server whose name somebody has.
const TRIES: u32 = 10;

/// How long a server stays whose agent has no key.
const ORPHAN_AGE_MS: u64 = 60 * 60 * 1_000;

/// Keys that are looked for, and servers that are removed, at the same time.
const AT_ONCE: usize = 16;

impl<H: Host> Access<H> {
    /// Whether the caller may add servers. One whose key names the servers that it may use may not.
    pub fn may_add_servers(&self) -> bool {
        self.snapshot.agent_registration && self.caller.may_use_any_server()
    }

    /// Adds a public server for this caller alone, once it has answered with its tools; gives how many there are.
    ///
    /// Whether somebody whose servers the caller does not see has the alias makes no difference: the store has another
    /// one for it then.
    pub async fn add_server(&self, alias: &str, url: &str) -> Result<u32, Failure> {
        self.expect_admitted().await?;
        self.expect_allowed()?;
        let record = record(url)?;
        self.expect_free(alias, &self.snapshot.index)?;
        let target = target::of_record(alias, &record, &self.snapshot.vault, PrivateUpstreams::Deny)
            .map_err(|error| invalid_params(format!("Server \"{alias}\" {error}.")))?;
        let tools = self.count_tools(&target.of_agent(alias)).await?;
        let host = &self.registry.host;
        let bytes = server_record::write(&record).map_err(|error| store_failure(&error))?;
        let mut id = alias.to_string();
        for _ in 0..TRIES {
            if self.is_taken(&id, &self.snapshot.index) {
                id = another_id(alias, host.random());
            }
            match self.register(&id, alias, bytes.clone()).await {
                // Somebody was faster.
                Err(ChangeError::Refused(NotAdded::Taken)) => id = another_id(alias, host.random()),
                Err(ChangeError::Refused(NotAdded::Failed(failure))) => return Err(failure),
                Err(ChangeError::Store(error)) => return Err(store_failure(&error)),
                Err(error @ (ChangeError::Busy | ChangeError::TooLarge)) => return Err(try_again(&error)),
                Ok(()) => {
                    // It has just answered.
                    self.registry.counters.note(&id, Outcome::Ok, host.unix_ms());
                    return Ok(tools);
                }
            }
        }
        Err(try_again(&"others were always faster"))
    }

    /// Keeps a server under an alias of the index, which is the caller's name for it or another one.
    async fn register(&self, id: &str, name: &str, record: Vec<u8>) -> Result<(), ChangeError<NotAdded>> {
        let host = &self.registry.host;
        let body = format!("{:016x}", host.random());
        let key = server_record::key(id, &body);
        host.set(&key, record).await?;
        let now_ms = host.unix_ms();
        let added = index::change(host, |index| {
            self.expect_free(name, index)?;
            if self.is_taken(id, index) {
                return Err(NotAdded::Taken);
            }
            index.last_version += 1;
            let listed = Listed {
                version: index.last_version,
                body: body.clone(),
                title: None,
                description: None,
                enabled: true,
                code_mode: true,
                learn_types: true,
                agent: Some(self.caller.id().to_string()),
                name: Some(name.to_string()).filter(|name| name != id),
                created_at_ms: now_ms,
                updated_at_ms: now_ms,
            };
            index.servers.insert(id.to_string(), listed);
            Ok(())
        });
        let added = added.await;
        // Otherwise the index may name it all the same. What nothing leads to does no harm, should it stay.
        if matches!(added, Err(ChangeError::Refused(_))) {
            let _removed = host.delete(&key).await;
        }
        added
    }

    /// Removes a server that this caller has added.
    pub async fn remove_server(&self, alias: &str) -> Result<(), Failure> {
        self.expect_admitted().await?;
        self.expect_allowed()?;
        let host = &self.registry.host;
        let removed = index::change(host, |index| {
            let Some(id) = added_by(index, self.caller.id(), alias).map(str::to_string) else {
                return Err(invalid_params(format!("There is no server \"{alias}\" that you added.")));
            };
            index.last_version += 1;
            index.refreshes.remove(&id);
            Ok(index.servers.remove_entry(&id))
        });
        let removed = removed.await.map_err(|error| match error {
            ChangeError::Refused(failure) => failure,
            ChangeError::Store(error) => store_failure(&error),
            error @ (ChangeError::Busy | ChangeError::TooLarge) => try_again(&error),
        });
        if let Some((id, listed)) = removed? {
            self.registry.forget_server(&id, &listed).await;
        }
        Ok(())
    }

    fn expect_allowed(&self) -> Result<(), Failure> {
        match self.may_add_servers() {
            true => Ok(()),
            false => Err(invalid_params("Agents may not add or remove servers here (agent_registration).".to_string())),
        }
    }

    /// The caller must see no server under the alias, and have none, and be below its quota.
    fn expect_free(&self, alias: &str, index: &index::Index) -> Result<(), Failure> {
        let own = |listed: &&Listed| listed.agent.as_deref() == Some(self.caller.id());
        let of_all = |listed: &Listed| listed.agent.is_none() && listed.enabled;
        let is_seen = self.snapshot.declared.servers.contains_key(alias)
            || index.servers.get(alias).is_some_and(of_all)
            || added_by(index, self.caller.id(), alias).is_some();
        let problem = if !alias::is_valid(alias) {
            alias::EXPECTED.to_string()
        } else if is_seen {
            format!("The alias \"{alias}\" is taken; choose another one.")
        } else if index.servers.values().filter(own).count() >= MAX_PER_CALLER {
            format!("You have added {MAX_PER_CALLER} servers, and no more are allowed; remove one with remove_server.")
        } else if index.servers.len() >= MAX_SERVERS {
            format!("This gateway has {MAX_SERVERS} registered servers, and no more are allowed.")
        } else {
            return Ok(());
        };
        Err(invalid_params(problem))
    }

    /// Whether the index has an alias for somebody's server, or the variable does.
    fn is_taken(&self, id: &str, index: &index::Index) -> bool {
        self.snapshot.declared.is_declared(id) || index.servers.contains_key(id)
    }

    /// Asks a server for its tools without keeping anything of it.
    async fn count_tools(&self, target: &Target) -> Result<u32, Failure> {
        let tried = Upstream::on_trial(target, &self.registry.host).dry_run().await;
        tried.tools.map(|count| u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// The record of a public server.
fn record(url: &str) -> Result<ServerRecord, Failure> {
    let uri: Uri = url.parse().map_err(|_| invalid_params("The url is no absolute URL.".to_string()))?;
    upstream_address::check(&uri, PrivateUpstreams::Deny)
        .map_err(|error| invalid_params(format!("The url {error}.")))?;
    if !sensitive::of_url(&uri).is_empty() {
        let message = "The url holds what looks like a credential; agents add servers that need none.";
        return Err(invalid_params(message.to_string()));
    }
    let (headers, tools) = (BTreeMap::new(), Policy::default());
    Ok(ServerRecord { url: uri.to_string(), headers, auth: AuthRecord::None, timeout_ms: TIMEOUT_MS, tools })
}

/// Why a server was not added.
enum NotAdded {
    /// Somebody has taken the alias of the index meanwhile.
    Taken,
    Failed(Failure),
}

impl From<Failure> for NotAdded {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// An alias of the index for a server whose name is not free there.
fn another_id(name: &str, random: u64) -> String {
    let kept = &name[..name.len().min(alias::MAX_CHARS - ID_SUFFIX_CHARS)];
    format!("{kept}-{:08x}", random >> 32)
}

fn try_again(reason: &impl std::fmt::Display) -> Failure {
    invalid_params(format!("Try again: {reason}."))
}

impl<H: Host> Registry<H> {
    /// Removes the servers that a caller has added, once its key is gone. Should it fail, a later
    /// [sweep](Self::remove_orphans) finds them.
    pub(crate) async fn remove_servers_of(&self, caller: &str) {
        if let Err(error) = self.remove_added(|listed| listed.agent.as_deref() == Some(caller)).await {
            self.host.warn(&format!("cannot remove the servers that {caller} added: {error}"));
        }
    }

    /// Removes servers whose agents have no key any more. Young ones stay: stores of several regions may show a server
    /// before the key of its agent.
    pub(crate) async fn remove_orphans(&self) -> Result<(), StoreError> {
        let now_ms = self.host.unix_ms();
        let is_old = |listed: &Listed| now_ms.saturating_sub(listed.created_at_ms) >= ORPHAN_AGE_MS;
        let index = index::load(&self.host).await?;
        let old = index.servers.values().filter(|listed| is_old(listed));
        let agents: BTreeSet<&str> = old.filter_map(|listed| listed.agent.as_deref()).collect();
        let agents: Vec<&str> = agents.into_iter().filter(|agent| *agent != usage::OPERATOR).collect();
        let mut gone = BTreeSet::new();
        for agents in agents.chunks(AT_ONCE) {
            let keys = join_all(agents.iter().map(|agent| key_record::load(&self.host, agent))).await;
            for (agent, key) in agents.iter().zip(keys) {
                if key?.is_none() {
                    gone.insert(*agent);
                }
            }
        }
        self.remove_added(|listed| is_old(listed) && listed.agent.as_deref().is_some_and(|agent| gone.contains(agent)))
            .await
    }

    async fn remove_added(&self, is_gone: impl Fn(&Listed) -> bool) -> Result<(), StoreError> {
        if !index::load(&self.host).await?.servers.values().any(&is_gone) {
            return Ok(());
        }
        let removed = index::change(&self.host, |index| {
            index.last_version += 1;
            let removed: Vec<_> = index.servers.extract_if(.., |_, listed| is_gone(listed)).collect();
            index.refreshes.retain(|alias, _| !removed.iter().any(|(gone, _)| gone == alias));
            Ok::<_, StoreError>(removed)
        });
        let removed = removed.await.map_err(|error| match error {
            ChangeError::Refused(error) | ChangeError::Store(error) => error,
            error @ (ChangeError::Busy | ChangeError::TooLarge) => StoreError(error.to_string()),
        })?;
        for servers in removed.chunks(AT_ONCE) {
            join_all(servers.iter().map(|(alias, listed)| self.forget_server(alias, listed))).await;
        }
        Ok(())
    }

    /// Removes what is kept of a server that is not there any more, and ends the session with it.
    pub(crate) async fn forget_server(&self, alias: &str, listed: &Listed) {
        if let Some(upstream) = self.known_upstream(alias) {
            upstream.end().await;
        }
        let record = server_record::key(alias, &listed.body);
        let kept = [
            record,
            crate::records::catalog_key(alias),
            crate::records::connection_key(alias),
            crate::records::failure_key(alias),
            crate::records::renewing_key(alias),
            crate::records::signing_in_key(alias),
            crate::records::token_key(alias),
        ];
        for key in kept {
            if let Err(error) = self.host.delete(&key).await {
                self.host.warn(&format!("cannot remove \"{key}\": {error}"));
            }
        }
        self.forget_learned(alias).await;
    }
}
