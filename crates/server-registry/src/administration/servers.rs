use super::{Administrator, credentials::Sealer, page_of, unavailable, unclear, views};
use crate::{
    host::{Host, StoreError},
    records,
    server_entry::unusable,
    store::{
        document::ChangeError,
        index::{self, Index, Listed, MAX_SERVERS},
        server_record::{self, AuthRecord, ServerRecord},
    },
    target,
};
use admin_api::{Listing, Page, Precondition, Refusal, ServerInput, ServerView, Written};
use futures::future::join_all;

/// How often a server is written anew because somebody else changed it meanwhile.
const TRIES: u32 = 50;

/// What a request said of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// All of it.
    Whole,
    /// Some of it: the rest is what was stored.
    Part,
}

/// What is written of a server.
struct Writing<'a> {
    input: &'a ServerInput,
    record: &'a ServerRecord,
    /// The agent whose server it is.
    agent: Option<&'a str>,
}

/// Why an entry of the index was not changed.
enum NotChanged {
    /// Somebody else changed the server since it was read.
    Moved,
    Refused(Refusal),
}

impl<H: Host> Administrator<'_, H> {
    pub(super) async fn list_servers(&self, page: &Page) -> Result<Listing<ServerView>, Refusal> {
        let index = self.index().await?;
        let wanted = page_of(self.aliases(), page, String::clone);
        let views = join_all(wanted.items.iter().map(|alias| self.view(&index, alias))).await;
        // One that was removed meanwhile is none any more.
        let items =
            views.into_iter().filter(|view| !matches!(view, Err(Refusal::NotFound))).collect::<Result<_, _>>()?;
        Ok(Listing { items, next: wanted.next })
    }

    pub(super) async fn show_server(&self, alias: &str) -> Result<ServerView, Refusal> {
        self.view(&self.index().await?, alias).await
    }

    async fn view(&self, index: &Index, alias: &str) -> Result<ServerView, Refusal> {
        let snapshot = &self.access.snapshot;
        if let Some(entry) = snapshot.declared.entries.get(alias) {
            let used = snapshot.declared.servers.get(alias).map(|server| &server.connection);
            let problem = used.and_then(|connection| connection.as_ref().err());
            return Ok(views::of_declared(alias, entry, problem.map(|failure| failure.message.clone())));
        }
        let listed = index.servers.get(alias).ok_or(Refusal::NotFound)?;
        let current = index::current(self.host(), alias, listed).await.map_err(|error| unavailable(&error))?;
        let (listed, record) = current.ok_or(Refusal::NotFound)?;
        Ok(self.view_of(alias, &listed, &record))
    }

    fn view_of(&self, alias: &str, listed: &Listed, record: &ServerRecord) -> ServerView {
        let snapshot = &self.access.snapshot;
        let target = target::of_record(alias, record, &snapshot.vault, listed.private(snapshot.private()));
        let problem = target.err().map(|error| unusable(alias, &error).message);
        views::of_registered(alias, listed, record, problem)
    }

    /// Whether the server has been changed or removed since its entry was read.
    async fn is_moved(&self, alias: &str, listed: &Listed) -> Result<bool, Refusal> {
        Ok(self.index().await?.servers.get(alias).is_none_or(|now| now.body != listed.body))
    }

    pub(super) async fn write_server(
        &self,
        alias: &str,
        input: &ServerInput,
        given: Given,
        precondition: &Precondition,
    ) -> Result<Written<ServerView>, Refusal> {
        self.refuse_declared(alias)?;
        for _ in 0..TRIES {
            let stored = self.index().await?.servers.remove(alias);
            if !precondition.holds(stored.as_ref().map(Listed::revision)) {
                return Err(Refusal::VersionMismatch);
            }
            let previous = match &stored {
                Some(listed) => match self.record(alias, listed).await? {
                    None if self.is_moved(alias, listed).await? => continue,
                    record => record,
                },
                None => None,
            };
            let record = self.sealer(alias, previous.as_ref()).seal(input)?;
            let stays =
                given == Given::Part && previous.as_ref().is_some_and(|previous| is_as_public(previous, &record));
            let agent = stored.as_ref().and_then(|stored| stored.agent.as_deref()).filter(|_| stays);
            match self.replace(alias, stored.as_ref(), &Writing { input, record: &record, agent }).await {
                Ok(listed) => {
                    if let Some(previous) = &previous {
                        self.forget(&outdated(alias, previous, &record)).await;
                    }
                    if !input.learn_types || previous.as_ref().is_some_and(|previous| previous.url != record.url) {
                        self.access.registry.forget_learned(alias).await;
                    }
                    let view = self.view_of(alias, &listed, &record);
                    return Ok(if stored.is_some() { Written::Replaced(view) } else { Written::Created(view) });
                }
                Err(NotChanged::Moved) => {}
                Err(NotChanged::Refused(refusal)) => return Err(refusal),
            }
        }
        Err(unavailable(&StoreError("others changed the server again and again".to_string())))
    }

    /// Writes the record, and then the entry of the index that names it: from then on it counts.
    async fn replace(&self, alias: &str, stored: Option<&Listed>, writing: &Writing<'_>) -> Result<Listed, NotChanged> {
        let Writing { input, record, agent } = writing;
        let body = format!("{:016x}", self.host().random());
        let key = server_record::key(alias, &body);
        let bytes = server_record::write(record).map_err(NotChanged::from)?;
        self.host().set(&key, bytes).await.map_err(NotChanged::from)?;
        let now_ms = self.host().unix_ms();
        let changed = index::change(self.host(), |index| {
            expect(index, alias, stored)?;
            if stored.is_none() && index.servers.len() >= MAX_SERVERS {
                return Err(NotChanged::Refused(Refusal::Quota { limit: MAX_SERVERS as u64 }));
            }
            index.last_version += 1;
            let listed = Listed {
                version: index.last_version,
                body: body.clone(),
                title: input.title.clone(),
                description: input.description.clone(),
                enabled: input.enabled,
                code_mode: input.code_mode,
                learn_types: input.learn_types,
                agent: agent.map(str::to_string),
                name: agent.and(stored).and_then(|stored| stored.name.clone()),
                created_at_ms: stored.map_or(now_ms, |stored| stored.created_at_ms),
                updated_at_ms: now_ms,
            };
            index.servers.insert(alias.to_string(), listed.clone());
            Ok(listed)
        })
        .await;
        let unused = match &changed {
            Ok(_) => stored.map(|stored| server_record::key(alias, &stored.body)),
            Err(ChangeError::Refused(_)) => Some(key),
            // The index may name it all the same.
            Err(_) => None,
        };
        if let Some(unused) = unused {
            self.forget(&[unused]).await;
        }
        changed.map_err(NotChanged::from)
    }

    pub(super) async fn remove_server(&self, alias: &str, precondition: &Precondition) -> Result<(), Refusal> {
        self.refuse_declared(alias)?;
        let removed = index::change(self.host(), |index| {
            let listed = index.servers.get(alias).ok_or(Refusal::NotFound)?;
            if !precondition.holds(Some(listed.revision())) {
                return Err(Refusal::VersionMismatch);
            }
            index.last_version += 1;
            index.refreshes.remove(alias);
            index.servers.remove(alias).ok_or(Refusal::NotFound)
        })
        .await?;
        self.access.registry.forget_server(alias, &removed).await;
        Ok(())
    }

    pub(super) async fn clear_learned(&self, alias: &str) -> Result<(), Refusal> {
        if !self.access.snapshot.declared.is_declared(alias) && !self.index().await?.servers.contains_key(alias) {
            return Err(Refusal::NotFound);
        }
        self.access.registry.clear_learned(alias).await.map_err(|error| unclear(&error))
    }

    /// Removes what nothing leads to any more; what is left over does no harm.
    async fn forget(&self, keys: &[String]) {
        for key in keys {
            if let Err(error) = self.host().delete(key).await {
                self.host().warn(&format!("cannot remove \"{key}\": {error}"));
            }
        }
    }

    fn sealer<'s>(&'s self, alias: &'s str, stored: Option<&'s ServerRecord>) -> Sealer<'s, H> {
        let snapshot = &self.access.snapshot;
        Sealer { host: self.host(), vault: &snapshot.vault, private: snapshot.private(), alias, stored }
    }

    fn refuse_declared(&self, alias: &str) -> Result<(), Refusal> {
        if self.access.snapshot.declared.is_declared(alias) { Err(Refusal::Declared) } else { Ok(()) }
    }

    /// All aliases in order, declared ones and those that are switched off, too.
    pub(super) fn aliases(&self) -> Vec<String> {
        let snapshot = &self.access.snapshot;
        let mut aliases: Vec<String> =
            snapshot.declared.entries.keys().chain(snapshot.index.servers.keys()).cloned().collect();
        aliases.sort_unstable();
        aliases.dedup();
        aliases
    }

    async fn index(&self) -> Result<Index, Refusal> {
        index::load(self.host()).await.map_err(|error| unavailable(&error))
    }

    async fn record(&self, alias: &str, listed: &Listed) -> Result<Option<ServerRecord>, Refusal> {
        server_record::load(self.host(), alias, &listed.body).await.map_err(|error| unavailable(&error))
    }
}

/// Whether a server leads nowhere else than before, and nobody signs in there: then it can stay with the agent that
/// added it.
fn is_as_public(previous: &ServerRecord, record: &ServerRecord) -> bool {
    record.url == previous.url && record.headers.is_empty() && record.auth == AuthRecord::None
}

/// Where that is kept which was known of a server and is not of what it is now.
fn outdated(alias: &str, previous: &ServerRecord, record: &ServerRecord) -> Vec<String> {
    let is_moved = previous.url != record.url;
    let of_another = [records::catalog_key(alias), records::connection_key(alias)];
    let mut keys: Vec<String> = if is_moved { of_another.into() } else { Vec::new() };
    let gets_tokens = |record: &ServerRecord| matches!(record.auth, AuthRecord::OAuth(_));
    if gets_tokens(previous) && (is_moved || !gets_tokens(record)) {
        keys.push(records::token_key(alias));
    }
    keys
}

/// The entry must be the one that was read.
fn expect(index: &Index, alias: &str, stored: Option<&Listed>) -> Result<(), NotChanged> {
    let body = |listed: &Listed| listed.body.clone();
    match index.servers.get(alias).map(body) == stored.map(body) {
        true => Ok(()),
        false => Err(NotChanged::Moved),
    }
}

impl From<StoreError> for NotChanged {
    fn from(error: StoreError) -> Self {
        Self::Refused(unavailable(&error))
    }
}

impl From<ChangeError<Self>> for NotChanged {
    fn from(error: ChangeError<Self>) -> Self {
        match error {
            ChangeError::Refused(reason) => reason,
            ChangeError::Store(error) => Self::Refused(unclear(&error)),
            error @ (ChangeError::Busy | ChangeError::TooLarge) => StoreError(error.to_string()).into(),
        }
    }
}
