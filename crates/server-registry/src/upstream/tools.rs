//! The tools of a server: how long a list counts, and when it is fetched anew.

use super::{Failing, Upstream, changes::Reach};
use crate::{
    failure::Failure,
    happened::outcome_of_all,
    host::Host,
    records::{self, KnownCatalog},
};
use futures::future::{Either, select};
use mcp_client::Catalog;
use std::{pin::pin, rc::Rc, time::Duration};

/// For how long a catalog counts where the server does not say.
const DEFAULT_TTL_MS: u64 = 300_000;
const SHORTEST_TTL_MS: u64 = 10_000;
const LONGEST_TTL_MS: u64 = 3_600_000;
/// For how long newer tools are waited for where older ones are known.
const PATIENCE: Duration = Duration::from_secs(1);
/// For how long a catalog is given out beyond its time, while a newer one is fetched.
const GRACE_MS: u64 = 3_600_000;

impl<H: Host> Upstream<H> {
    /// Its tools: known ones while they count and for a while longer, in which [`Upstream::refresh_due`] fetches newer
    /// ones; else fetched now. When that fails or takes long, older ones are better than none.
    ///
    /// A server that does not answer delays those who ask first. To others it is told at once that it did not, for as
    /// long as [`Failing`] says, and `refresh_due` asks it again.
    pub async fn catalog(&self) -> Result<Rc<KnownCatalog>, Failure> {
        self.restore().await;
        self.look_at_that_of_others().await;
        if let Some(catalog) = self.fresh_catalog() {
            return Ok(catalog);
        }
        if let Some(catalog) = self.known_catalog().filter(|known| self.may_serve(known)) {
            self.note_due();
            return Ok(catalog);
        }
        if let Some(failing) = self.told_failure().await {
            self.note_due();
            return self.known_catalog().ok_or_else(|| failing.failure.clone());
        }
        let Some(older) = self.known_catalog() else { return self.fetch().await };
        if self.changes.wants_refresh_of(&older) {
            // Somebody was told that all requests get the newer ones from here on.
            return Ok(self.fetch().await.unwrap_or(older));
        }
        match select(pin!(self.fetch()), pin!(self.host.sleep(PATIENCE))).await {
            Either::Left((fetched, _)) => Ok(fetched.unwrap_or(older)),
            Either::Right(_) => {
                self.note_due();
                Ok(older)
            }
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
            let _outcome = self.fetch().await;
        }
    }

    /// Whether tools are not those that the server has now, as far as that is known.
    pub fn is_stale(&self, known: &KnownCatalog) -> bool {
        !self.is_up_to_date(known) || known.fresh_until_unix_ms < self.host.unix_ms()
    }

    /// Its tools, fetched now whatever is known. `refresh` is the last one that the index has.
    pub async fn fetch_catalog(&self, refresh: u64) -> Result<Rc<KnownCatalog>, Failure> {
        self.restore().await;
        self.note_refresh(refresh);
        self.client.note_tools_changed();
        self.forget_failure();
        // Another instance may have kept one that this has not seen.
        self.failure_is_kept.set(true);
        self.fetch().await
    }

    /// Takes note of the last time that somebody wanted its tools fetched anew, as the index has it: a list from before
    /// is old, and another instance may have left a newer one; what failed before may work.
    pub fn note_refresh(&self, refresh: u64) {
        if self.changes.note_refresh(refresh) {
            self.forget_failure();
        }
    }

    /// Leaves the kept list to other instances as the one of a refresh before which it was not fetched.
    pub async fn leave_as_of(&self, refresh: u64) {
        let Some(known) = self.known_catalog().filter(|known| known.covered_refresh < refresh) else { return };
        let known = Rc::new(known.as_of(refresh));
        self.catalog.replace(Some(known.clone()));
        self.save_catalog(&known).await;
    }

    /// A list that was just fetched is not fetched again for every wrong call.
    pub(super) fn is_older_than_a_moment(&self, known: &KnownCatalog) -> bool {
        self.host.unix_ms().saturating_sub(known.fetched_unix_ms) >= SHORTEST_TTL_MS
    }

    /// Fetches its tools, once for all who want them. What was under way already may have begun too early to count.
    async fn fetch(&self) -> Result<Rc<KnownCatalog>, Failure> {
        let wanted = self.reach();
        let fetched = self.loading.join(&self.host, || self.refresh()).await;
        match &fetched {
            Ok(known) if !self.changes.covers(known, wanted) => self.loading.join(&self.host, || self.refresh()).await,
            _ => fetched,
        }
    }

    async fn refresh(&self) -> Result<Rc<KnownCatalog>, Failure> {
        if let Some(catalog) = self.fresh_catalog() {
            return Ok(catalog);
        }
        if let Some(failing) = self.failing().filter(|failing| failing.is_paused(self.host.unix_ms())) {
            return Err(failing.failure.clone());
        }
        // What the server announces from here on makes the list old again.
        let reach = self.reach();
        let began_ms = self.host.monotonic_ms();
        let listed = self.client.list_tools().await.map_err(Failure::from);
        if let Some(counters) = &self.counters {
            counters.note(&self.target.id, outcome_of_all(&listed), self.host.unix_ms());
        }
        let outcome = match listed {
            Ok(catalog) => {
                let known = self.keep(catalog, reach).await;
                self.note_recovery().await;
                Ok(known)
            }
            Err(failure) => {
                let lost_ms = self.host.monotonic_ms().saturating_sub(began_ms);
                self.note_failure(failure.clone(), lost_ms).await;
                Err(failure)
            }
        };
        self.save_connection().await;
        outcome
    }

    /// What failed before is tried again.
    fn forget_failure(&self) {
        self.failing.replace(None);
        self.client.forget_failure();
    }

    fn failing(&self) -> Option<Rc<Failing>> {
        self.failing.borrow().clone()
    }

    /// Newer tools should be fetched, unless that has just failed.
    fn note_due(&self) {
        self.due.set(self.failing().is_none_or(|failing| !failing.is_paused(self.host.unix_ms())));
    }

    /// Why its tools cannot be had, as far as this or another instance has found out, and nobody is to wait again.
    async fn told_failure(&self) -> Option<Rc<Failing>> {
        let is_told = |failing: &Rc<Failing>| failing.is_told(self.host.unix_ms());
        if let Some(failing) = self.failing().filter(is_told) {
            return Some(failing);
        }
        let record = records::load(&self.host, &records::failure_key(&self.target.id)).await?;
        let failing = records::read_failure(&self.target.fingerprint, &record)?;
        let failing = Some(Rc::new(failing)).filter(|failing| failing.is_of(&self.target.deadlines))?;
        self.failure_is_kept.set(true);
        self.failing.replace(Some(failing.clone()));
        Some(failing).filter(is_told)
    }

    /// Remembers a failure, for other instances, too, if it took its time.
    async fn note_failure(&self, failure: Failure, lost_ms: u64) {
        let (previous, now_ms) = (self.failing(), self.host.unix_ms());
        let failing = Failing::new(failure, lost_ms, previous.as_deref(), &self.target.deadlines, now_ms);
        let failing = Rc::new(failing);
        self.failing.replace(Some(failing.clone()));
        if failing.is_noticeable()
            && let Some(record) = records::write_failure(&self.target.fingerprint, &failing)
        {
            self.failure_is_kept.set(true);
            records::save(&self.host, &records::failure_key(&self.target.id), record).await;
        }
    }

    /// The server answers.
    pub(super) async fn note_recovery(&self) {
        self.failing.replace(None);
        if self.failure_is_kept.replace(false) {
            records::remove(&self.host, &records::failure_key(&self.target.id)).await;
        }
    }

    async fn keep(&self, catalog: Catalog, reach: Reach) -> Rc<KnownCatalog> {
        let ttl_ms = catalog.ttl_ms.map_or(DEFAULT_TTL_MS, |ttl_ms| ttl_ms.clamp(SHORTEST_TTL_MS, LONGEST_TTL_MS));
        let known = Rc::new(KnownCatalog::new(catalog, self.host.unix_ms(), ttl_ms, reach.refresh));
        self.catalog.replace(Some(known.clone()));
        self.changes.cover(reach);
        self.save_catalog(&known).await;
        known
    }

    async fn save_catalog(&self, known: &KnownCatalog) {
        if let Some(record) = records::write_catalog(&self.target.fingerprint, known) {
            records::save(&self.host, &records::catalog_key(&self.target.id), record).await;
        }
    }

    /// Takes the list that another instance has left, where somebody wanted all of them to have a newer one; once for
    /// each time.
    async fn look_at_that_of_others(&self) {
        let wanted = || self.changes.not_looked_at(self.known_catalog().as_deref());
        if wanted().is_none() {
            return;
        }
        self.looking
            .join(&self.host, || async {
                let Some(refresh) = wanted() else { return };
                let record = records::load(&self.host, &records::catalog_key(&self.target.id)).await;
                let left = record.and_then(|record| records::read_catalog(&self.target.fingerprint, &record));
                // Nobody knows whether it is older than a change that this instance has heard of.
                let is_newer = |left: &KnownCatalog| self.client.tool_changes() == 0 && left.covered_refresh >= refresh;
                if let Some(left) = left.filter(is_newer) {
                    self.catalog.replace(Some(Rc::new(left)));
                }
                self.changes.looked_at(refresh);
            })
            .await;
    }

    /// How far a list goes that is fetched now.
    fn reach(&self) -> Reach {
        self.changes.reach(self.client.tool_changes())
    }

    /// Whether nothing is known to have happened since a list was fetched.
    fn is_up_to_date(&self, known: &KnownCatalog) -> bool {
        self.changes.covers(known, self.reach())
    }

    /// Whether it has a tool; `None` where this instance knows no list.
    pub fn has_tool(&self, name: &str) -> Option<bool> {
        self.known_catalog().map(|known| known.catalog.tools.iter().any(|tool| tool.name == name))
    }

    pub(super) fn known_catalog(&self) -> Option<Rc<KnownCatalog>> {
        self.catalog.borrow().clone()
    }

    fn fresh_catalog(&self) -> Option<Rc<KnownCatalog>> {
        let now_ms = self.host.unix_ms();
        // A clock that was set back must not make a record count for ever.
        let counts = |known: &Rc<KnownCatalog>| {
            (now_ms..=now_ms + LONGEST_TTL_MS).contains(&known.fresh_until_unix_ms) && self.is_up_to_date(known)
        };
        self.known_catalog().filter(counts)
    }

    /// Whether a list may be given out that is too old, but was not said to be wrong.
    fn may_serve(&self, known: &Rc<KnownCatalog>) -> bool {
        let until_ms = known.fresh_until_unix_ms + GRACE_MS;
        self.is_up_to_date(known)
            && (self.host.unix_ms()..=self.host.unix_ms() + LONGEST_TTL_MS + GRACE_MS).contains(&until_ms)
    }
}
