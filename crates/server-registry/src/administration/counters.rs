use super::{Administrator, unavailable};
use crate::{
    failure::{Failure, FailureKind},
    happened::health_of_word,
    host::Host,
    records::{self, KnownCatalog},
    store::counts,
};
use admin_api::{CatalogHealth, CatalogState, HealthState, HealthView, Listing, Page, Refusal, UsageQuery};
use futures::future::join_all;
use std::collections::BTreeMap;
use usage::{Day, Filter, Health, Row};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// How many days back the last success and the last failure are looked for.
const HEALTH_DAYS: u64 = 7;

/// Records that are read at the same time.
const AT_ONCE: usize = 16;

impl<H: Host> Administrator<'_, H> {
    pub(super) async fn list_usage(&self, query: &UsageQuery) -> Result<Listing<Row>, Refusal> {
        let records = self.usage_records(&query.filter).await?;
        let rows = usage::rows(records, &query.filter);
        Ok(super::page_of(rows, &query.page, |row| format!("{}\n{}\n{}\n{}", row.day, row.key, row.server, row.tool)))
    }

    async fn usage_records(&self, filter: &Filter) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
        self.access.registry.write_waiting_usage().await;
        let keys = self.host().keys().await.map_err(|error| unavailable(&error))?;
        let keys: Vec<String> = keys.into_iter().filter(|key| filter.wants_record(key)).collect();
        let mut records = Vec::with_capacity(keys.len());
        for keys in keys.chunks(AT_ONCE) {
            let loaded =
                join_all(keys.iter().map(|key| async move { (key.clone(), counts::load(self.host(), key).await) }))
                    .await;
            for (key, value) in loaded {
                if let Some(value) = value.map_err(|error| unavailable(&error))? {
                    records.push((key, value));
                }
            }
        }
        Ok(records)
    }

    pub(super) async fn show_health(&self, alias: &str) -> Result<HealthView, Refusal> {
        if !self.aliases().iter().any(|known| known == alias) {
            return Err(Refusal::NotFound);
        }
        let health = self.recent_health().await?;
        Ok(self.health_of(alias, health.get(alias)).await)
    }

    pub(super) async fn list_health(&self, page: &Page) -> Result<Listing<HealthView>, Refusal> {
        let health = self.recent_health().await?;
        let wanted = super::page_of(self.aliases(), page, String::clone);
        let items = join_all(wanted.items.iter().map(|alias| self.health_of(alias, health.get(alias)))).await;
        Ok(Listing { items, next: wanted.next })
    }

    async fn recent_health(&self) -> Result<BTreeMap<String, Health>, Refusal> {
        let from = Day::of(self.host().unix_ms().saturating_sub(HEALTH_DAYS * DAY_MS));
        let records = self.usage_records(&Filter { from: Some(from), ..Filter::default() }).await?;
        Ok(usage::health(records))
    }

    async fn health_of(&self, alias: &str, health: Option<&Health>) -> HealthView {
        // Another server may have had this alias before.
        let since_ms = self.access.snapshot.registered(alias).map_or(0, |listed| listed.created_at_ms);
        let last_success_at_ms =
            health.and_then(|health| health.last_success_unix_ms).filter(|at_ms| *at_ms >= since_ms);
        let last_failure = health.and_then(|health| health.last_failure.as_ref());
        let last_failure = last_failure.filter(|failure| failure.at_unix_ms >= since_ms);
        let last_failure_at_ms = last_failure.map(|failure| failure.at_unix_ms);
        let is_enabled = self.access.snapshot.server(alias).is_some();
        let is_unusable = is_enabled && self.is_unusable(alias).await;
        let state = match (last_success_at_ms, last_failure_at_ms) {
            _ if !is_enabled => HealthState::Disabled,
            _ if is_unusable => HealthState::Failing,
            (None, None) => HealthState::Unknown,
            (success, failure) if success >= failure => HealthState::Healthy,
            _ => HealthState::Failing,
        };
        HealthView {
            alias: alias.to_string(),
            state,
            last_success_at_ms,
            last_failure_at_ms,
            last_error: match is_unusable {
                true => Some(admin_api::FailureKind::Configuration),
                false => last_failure.and_then(|failure| health_of_word(&failure.kind)),
            },
            catalog: self.catalog_of(alias).await,
        }
    }

    /// Whether it cannot be used as it is configured, whatever was heard of it.
    async fn is_unusable(&self, alias: &str) -> bool {
        let connection = self.connection(alias).await;
        matches!(connection, Ok(Err(Failure { kind: FailureKind::Configuration, .. })))
    }

    /// What is kept of its tools.
    async fn catalog_of(&self, alias: &str) -> CatalogHealth {
        let record = records::load(self.host(), &records::catalog_key(alias)).await;
        let known: Option<KnownCatalog> = record.and_then(|record| records::read_any_catalog(&record));
        let Some(known) = known else {
            return CatalogHealth { state: CatalogState::Missing, tool_count: None, fetched_at_ms: None };
        };
        let is_fresh = known.fresh_until_unix_ms > self.host().unix_ms();
        CatalogHealth {
            state: if is_fresh { CatalogState::Fresh } else { CatalogState::Stale },
            tool_count: Some(known.catalog.tools.len() as u64),
            fetched_at_ms: Some(known.fetched_unix_ms).filter(|at_ms| *at_ms > 0),
        }
    }
}
