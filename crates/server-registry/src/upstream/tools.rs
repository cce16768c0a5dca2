//! The tools of a server: how long a list counts, and when it is fetched anew.

use super::Upstream;
use crate::{
    failure::Failure,
    host::Host,
    records::{self, KnownCatalog},
};
use mcp_client::Catalog;
use std::rc::Rc;

/// For how long a catalog counts where the server does not say.
const DEFAULT_TTL_MS: u64 = 300_000;
const SHORTEST_TTL_MS: u64 = 10_000;
const LONGEST_TTL_MS: u64 = 3_600_000;
/// For how long a catalog is given out beyond its time, while a newer one is fetched.
const GRACE_MS: u64 = 3_600_000;
/// For how long a catalog that could not be had is not asked for again.
const FAILURE_MEMORY_MS: u64 = 3_000;

impl<H: Host> Upstream<H> {
    /// Its tools: known ones while they count and for a while longer, in which [`Upstream::refresh_due`] fetches newer
    /// ones; else fetched now. When that fails, older ones are better than none.
    pub async fn catalog(&self) -> Result<Rc<KnownCatalog>, Failure> {
        self.restore().await;
        if let Some(catalog) = self.fresh_catalog() {
            return Ok(catalog);
        }
        if let Some(catalog) = self.known_catalog().filter(|known| self.may_serve(known)) {
            self.due.set(true);
            return Ok(catalog);
        }
        let fetched = self.loading.join(&self.host, || self.refresh()).await;
        match (fetched, self.known_catalog()) {
            (Err(_), Some(older)) => Ok(older),
            (fetched, _) => fetched,
        }
    }

    /// Whether older tools were given out, so that newer ones should be fetched.
    pub fn is_due(&self) -> bool {
        self.due.get()
    }

    /// Fetches newer tools where older ones were given out. Should it fail, the older ones stay.
    pub async fn refresh_due(&self) {
        if self.due.replace(false) {
            // What went wrong is remembered, and told with the next list.
            let _outcome = self.loading.join(&self.host, || self.refresh()).await;
        }
    }

    /// Whether tools are not those that the server has now, as far as that is known.
    pub fn is_stale(&self, known: &KnownCatalog) -> bool {
        self.stale.get() || known.fresh_until_unix_ms < self.host.unix_ms()
    }

    /// Its tools, fetched now whatever is known.
    pub async fn fetch_catalog(&self) -> Result<Rc<KnownCatalog>, Failure> {
        self.restore().await;
        self.stale.set(true);
        self.failure.replace(None);
        self.loading.join(&self.host, || self.refresh()).await
    }

    /// Takes note of when somebody wanted its tools fetched anew: a list from before is old, and another instance may
    /// have left a newer one.
    pub fn note_refreshed(&self, at_unix_ms: u64) {
        let is_older = |known: &Rc<KnownCatalog>| known.fetched_unix_ms < at_unix_ms;
        if self.known_catalog().is_some_and(|known| is_older(&known)) && self.refreshed.replace(at_unix_ms) < at_unix_ms
        {
            self.catalog.replace(None);
            self.restored.set(false);
        }
    }

    /// A list that was just fetched is not fetched again for every wrong call.
    pub(super) fn is_older_than_a_moment(&self, known: &KnownCatalog) -> bool {
        self.host.unix_ms().saturating_sub(known.fetched_unix_ms) >= SHORTEST_TTL_MS
    }

    async fn refresh(&self) -> Result<Rc<KnownCatalog>, Failure> {
        if let Some(catalog) = self.fresh_catalog() {
            return Ok(catalog);
        }
        if let Some((until_ms, failure)) = &*self.failure.borrow()
            && self.host.monotonic_ms() < *until_ms
        {
            return Err(failure.clone());
        }
        // What the server announces from here on makes the list old again.
        self.stale.set(false);
        let listed = self.client.list_tools().await;
        self.save_connection().await;
        match listed {
            Ok(catalog) => {
                self.failure.replace(None);
                Ok(self.keep(catalog).await)
            }
            Err(error) => {
                self.stale.set(true);
                let failure = Failure::from(error);
                let until_ms = self.host.monotonic_ms() + FAILURE_MEMORY_MS;
                self.failure.replace(Some((until_ms, failure.clone())));
                Err(failure)
            }
        }
    }

    async fn keep(&self, catalog: Catalog) -> Rc<KnownCatalog> {
        let ttl_ms = catalog.ttl_ms.map_or(DEFAULT_TTL_MS, |ttl_ms| ttl_ms.clamp(SHORTEST_TTL_MS, LONGEST_TTL_MS));
        let known = Rc::new(KnownCatalog::new(catalog, self.host.unix_ms(), ttl_ms));
        self.catalog.replace(Some(known.clone()));
        if let Some(record) = records::write_catalog(&self.target.fingerprint, &known) {
            records::save(&self.host, &records::catalog_key(&self.target.server.alias), record).await;
        }
        known
    }

    pub(super) fn known_catalog(&self) -> Option<Rc<KnownCatalog>> {
        self.catalog.borrow().clone()
    }

    fn fresh_catalog(&self) -> Option<Rc<KnownCatalog>> {
        let now_ms = self.host.unix_ms();
        // A clock that was set back must not make a record count for ever.
        let counts = |known: &Rc<KnownCatalog>| {
            (now_ms..=now_ms + LONGEST_TTL_MS).contains(&known.fresh_until_unix_ms) && !self.stale.get()
        };
        self.known_catalog().filter(counts)
    }

    /// Whether a list may be given out that is too old, but was not said to be wrong.
    fn may_serve(&self, known: &Rc<KnownCatalog>) -> bool {
        let until_ms = known.fresh_until_unix_ms + GRACE_MS;
        !self.stale.get() && (self.host.unix_ms()..=self.host.unix_ms() + LONGEST_TTL_MS + GRACE_MS).contains(&until_ms)
    }
}
