use super::keys::MemoryKeys;
use super::server::{StoredServer, check};
use admin_api::{
    Administration, CatalogHealth, CatalogState, CreatedKey, Failure, FailureKind, HealthState, HealthView, Listing,
    Page, Precondition, RefreshReport, Refusal, ServerInput, ServerView, StoredKey, TestReport, ToolView, UsageQuery,
    Written,
};
use client_keys::KeySettings;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use tool_policy::Hints;
use usage::{Batch, Call, Outcome, Row, Tally, merge, record_key};

const FIRST_OF_2026_MS: u64 = 1_767_225_600_000;
const DAY_MS: u64 = 86_400_000;

/// An administration in memory. One server, `declared`, is the operator's.
#[derive(Default)]
pub struct Memory {
    pub servers: RefCell<BTreeMap<String, StoredServer>>,
    pub keys: MemoryKeys,
    /// How many of the next writes come right after somebody else's.
    pub overtaken: Cell<u32>,
    /// Whether there is no key to seal secrets with.
    pub without_key: Cell<bool>,
    /// Whether the store is gone.
    pub down: Cell<bool>,
    /// Counts everything that is made, as a clock.
    now: Cell<u64>,
}

impl Memory {
    fn check_store(&self) -> Result<(), Refusal> {
        match self.down.get() {
            true => Err(Refusal::Unavailable { reason: "the store is gone".to_string(), retry_after_s: 7 }),
            false => Ok(()),
        }
    }

    fn tick(&self) -> u64 {
        self.now.set(self.now.get() + 1);
        1_700_000_000_000 + self.now.get()
    }

    fn view(&self, alias: &str) -> Result<ServerView, Refusal> {
        self.check_store()?;
        match (alias, self.servers.borrow().get(alias)) {
            ("declared", _) => Ok(super::server::declared()),
            (_, Some(stored)) => Ok(stored.view(alias)),
            (_, None) => Err(Refusal::NotFound),
        }
    }

    /// Somebody else writes, as often as was asked for.
    fn be_overtaken(&self, alias: &str) {
        if let Some(left) = self.overtaken.get().checked_sub(1) {
            self.overtaken.set(left);
            if let Some(stored) = self.servers.borrow_mut().get_mut(alias) {
                stored.version += 1;
                stored.input.title = Some(format!("by somebody else, {left} to go"));
            }
        }
    }

    fn aliases(&self) -> Vec<String> {
        let mut aliases: Vec<String> = self.servers.borrow().keys().cloned().collect();
        aliases.push("declared".to_string());
        aliases.sort();
        aliases
    }
}

/// The part of a sorted list that a page asks for.
pub fn part<T>(page: &Page, all: Vec<(String, T)>) -> Listing<T> {
    let mut rest = all.into_iter().filter(|(name, _)| page.after.as_ref().is_none_or(|after| name > after));
    let (mut items, mut last) = (Vec::new(), None);
    for (name, item) in rest.by_ref().take(page.limit.into()) {
        items.push(item);
        last = Some(name);
    }
    Listing { items, next: rest.next().and(last) }
}

impl Administration for Memory {
    async fn servers(&self, page: &Page) -> Result<Listing<ServerView>, Refusal> {
        let all = self.aliases().into_iter().map(|alias| self.view(&alias).map(|view| (alias, view)));
        Ok(part(page, all.collect::<Result<_, _>>()?))
    }

    async fn server(&self, alias: &str) -> Result<ServerView, Refusal> {
        self.view(alias)
    }

    async fn put_server(
        &self,
        alias: &str,
        input: ServerInput,
        precondition: &Precondition,
    ) -> Result<Written<ServerView>, Refusal> {
        self.check_store()?;
        if alias == "declared" {
            return Err(Refusal::Declared);
        }
        self.be_overtaken(alias);
        let mut servers = self.servers.borrow_mut();
        let before = servers.get(alias);
        if !precondition.holds(before.map(|stored| stored.view(alias).revision())) {
            return Err(Refusal::VersionMismatch);
        }
        check(&input)?;
        let stored = StoredServer::merge(before, input, self.tick())?;
        if self.without_key.get() && stored.has_secrets() {
            return Err(Refusal::NoEncryptionKey);
        }
        let view = stored.view(alias);
        Ok(match servers.insert(alias.to_string(), stored) {
            None => Written::Created(view),
            Some(_) => Written::Replaced(view),
        })
    }

    async fn forget_learned(&self, alias: &str) -> Result<(), Refusal> {
        self.view(alias).map(|_| ())
    }

    async fn patch_server(
        &self,
        alias: &str,
        input: ServerInput,
        precondition: &Precondition,
    ) -> Result<Written<ServerView>, Refusal> {
        let source = self.servers.borrow().get(alias).map(|stored| stored.source);
        let mut written = self.put_server(alias, input, precondition).await?;
        if let (Some(source), Written::Replaced(view)) = (source, &mut written) {
            view.source = source;
            self.servers.borrow_mut().entry(alias.to_string()).and_modify(|stored| stored.source = source);
        }
        Ok(written)
    }

    async fn delete_server(&self, alias: &str, precondition: &Precondition) -> Result<(), Refusal> {
        let view = self.view(alias)?;
        if alias == "declared" {
            return Err(Refusal::Declared);
        }
        if !precondition.holds(Some(view.revision())) {
            return Err(Refusal::VersionMismatch);
        }
        self.servers.borrow_mut().remove(alias);
        Ok(())
    }

    async fn test_server(&self, alias: &str) -> Result<TestReport, Refusal> {
        let error = Failure { kind: FailureKind::Unreachable, message: format!("Server \"{alias}\" is not there.") };
        self.view(alias).map(|_| TestReport {
            ok: false,
            latency_ms: 12,
            protocol_version: Some("2025-11-25".to_string()),
            tool_count: Some(3),
            error: Some(error),
        })
    }

    async fn refresh_server(&self, alias: &str) -> Result<RefreshReport, Refusal> {
        self.view(alias).map(|_| RefreshReport { ok: true, tool_count: Some(3), error: None })
    }

    async fn server_tools(&self, alias: &str, page: &Page) -> Result<Listing<ToolView>, Refusal> {
        let view = self.view(alias)?;
        let tool = |name: &str, read_only_hint, title: Option<&str>| {
            let annotations = Hints { read_only_hint, ..Hints::default() };
            let access = view.tools.access(name, Some(&serde_json::json!(annotations)));
            (name.to_string(), ToolView::new(name.to_string(), title.map(str::to_string), annotations, access))
        };
        let tools =
            vec![tool("drop", None, None), tool("read", Some(true), Some("Read")), tool("write", Some(false), None)];
        Ok(part(page, tools))
    }

    async fn server_health(&self, alias: &str) -> Result<HealthView, Refusal> {
        self.view(alias).map(|view| HealthView {
            alias: view.alias,
            state: if view.enabled { HealthState::Failing } else { HealthState::Disabled },
            last_success_at_ms: Some(1_700_000_000_000),
            last_failure_at_ms: None,
            last_error: Some(FailureKind::TimedOut),
            catalog: CatalogHealth { state: CatalogState::Stale, tool_count: Some(3), fetched_at_ms: Some(0) },
        })
    }

    async fn health(&self, page: &Page) -> Result<Listing<HealthView>, Refusal> {
        let mut all = Vec::new();
        for alias in self.aliases() {
            let health = self.server_health(&alias).await?;
            all.push((alias, health));
        }
        Ok(part(page, all))
    }

    async fn keys(&self, page: &Page) -> Result<Listing<StoredKey>, Refusal> {
        self.check_store()?;
        Ok(self.keys.list(page))
    }

    async fn key(&self, id: &str) -> Result<StoredKey, Refusal> {
        self.check_store()?;
        self.keys.get(id)
    }

    async fn create_key(&self, settings: KeySettings) -> Result<CreatedKey, Refusal> {
        self.check_store()?;
        self.keys.create(settings, self.tick())
    }

    async fn put_key(
        &self,
        id: &str,
        settings: KeySettings,
        precondition: &Precondition,
    ) -> Result<StoredKey, Refusal> {
        self.check_store()?;
        self.keys.put(id, settings, precondition)
    }

    async fn delete_key(&self, id: &str, precondition: &Precondition) -> Result<(), Refusal> {
        self.check_store()?;
        self.keys.delete(id, precondition)
    }

    async fn usage(&self, query: &UsageQuery) -> Result<Listing<Row>, Refusal> {
        self.check_store()?;
        let mut tally = Tally::default();
        for day in 0..3 {
            tally.add(&called("operator", "read"), FIRST_OF_2026_MS + day * DAY_MS);
            tally.add(&called("abcdefgh2345", "write"), FIRST_OF_2026_MS + day * DAY_MS);
        }
        let record = |batch: &Batch| (record_key(batch.day(), 0), merge(None, batch).expect("a record"));
        let records: Vec<_> = tally.take().iter().map(record).collect();
        let rows = usage::rows(records, &query.filter);
        let named = rows.into_iter().map(|row| (format!("{}/{}/{}/{}", row.day, row.key, row.server, row.tool), row));
        Ok(part(&query.page, named.collect()))
    }
}

fn called<'a>(key: &'a str, tool: &'a str) -> Call<'a> {
    let (duration_ms, sent_bytes, received_bytes) = (250, 100, 2_000);
    let outcome = Outcome::ToolError;
    Call { execution: "e", key, server: "github", tool, duration_ms, outcome, sent_bytes, received_bytes }
}
