use super::{Administrator, page_of};
use crate::{
    failure::{Failure, FailureKind},
    happened::outcome_of_all,
    host::Host,
    server_entry::ServerConnection,
    store::index,
    upstream::{DryRun, Upstream},
};
use admin_api::{Listing, Page, RefreshReport, Refusal, TestReport, ToolView};
use serde_json::Value;
use std::rc::Rc;

/// When a server that failed is worth another try, in seconds.
const SERVER_RETRY_AFTER_S: u32 = 5;

impl<H: Host> Administrator<'_, H> {
    pub(super) async fn try_connection(&self, alias: &str) -> Result<TestReport, Refusal> {
        let began_ms = self.host().monotonic_ms();
        let tried = match self.connection(alias).await? {
            Ok(connection) => {
                let tried = Upstream::on_trial(&connection.target, self.host()).dry_run().await;
                self.access.registry.counters.note(alias, outcome_of_all(&tried.tools), self.host().unix_ms());
                tried
            }
            Err(failure) => DryRun { protocol_version: None, tools: Err(failure) },
        };
        let latency_ms = self.host().monotonic_ms().saturating_sub(began_ms);
        Ok(TestReport {
            ok: tried.tools.is_ok(),
            latency_ms,
            protocol_version: tried.protocol_version.map(str::to_string),
            tool_count: tried.tools.as_ref().ok().copied(),
            error: tried.tools.err().map(shown),
        })
    }

    pub(super) async fn fetch_tools(&self, alias: &str) -> Result<RefreshReport, Refusal> {
        let connection = match self.connection(alias).await? {
            Ok(connection) => connection,
            Err(failure) => return Ok(RefreshReport { ok: false, tool_count: None, error: Some(shown(failure)) }),
        };
        let upstream = self.access.registry.upstream(&connection);
        let previous = self.access.snapshot.index.last_refresh(alias);
        let known = match upstream.fetch_catalog(previous).await {
            Ok(known) => known,
            Err(failure) => return Ok(RefreshReport { ok: false, tool_count: None, error: Some(shown(failure)) }),
        };
        if let Some(refresh) = self.count_refresh(alias, previous).await? {
            upstream.leave_as_of(refresh).await;
        }
        Ok(RefreshReport { ok: true, tool_count: Some(known.catalog.tools.len() as u64), error: None })
    }

    /// Has other instances drop the lists that they have; gives the number of this refresh, unless there was another one
    /// since `previous`: then nobody can tell which of the lists is newer, and each instance fetches its own.
    async fn count_refresh(&self, alias: &str, previous: u64) -> Result<Option<u64>, Refusal> {
        let counted = index::change(self.host(), |index| {
            // One that was removed meanwhile leaves no trace.
            if !index.servers.contains_key(alias) && !self.access.snapshot.declared.is_declared(alias) {
                return Ok::<_, Refusal>(None);
            }
            let is_next = index.last_refresh(alias) == previous;
            index.last_version += 1;
            index.refreshes.insert(alias.to_string(), index.last_version);
            Ok(Some(index.last_version).filter(|_| is_next))
        });
        Ok(counted.await?)
    }

    pub(super) async fn list_tools(&self, alias: &str, page: &Page) -> Result<Listing<ToolView>, Refusal> {
        let failed = |failure: Failure| Refusal::ServerUnavailable {
            reason: failure.message,
            retry_after_s: SERVER_RETRY_AFTER_S,
        };
        let connection = self.connection(alias).await?.map_err(failed)?;
        let known = self.access.registry.upstream(&connection).catalog().await.map_err(failed)?;
        let view = |tool: &mcp_client::Tool| {
            let annotations = tool.annotations.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
            let hints = connection.policy.hints(&tool.name, annotations.as_ref());
            let access = connection.policy.access(&tool.name, annotations.as_ref());
            ToolView::new(tool.name.clone(), tool.title.clone(), hints, access)
        };
        let mut tools: Vec<ToolView> = known.catalog.tools.iter().map(view).collect();
        tools.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(page_of(tools, page, |tool| tool.name.clone()))
    }

    /// What is needed to use a server, switched off or not.
    pub(super) async fn connection(&self, alias: &str) -> Result<Result<Rc<ServerConnection>, Failure>, Refusal> {
        let snapshot = &self.access.snapshot;
        if let Some(entry) = snapshot.declared.servers.get(alias) {
            return Ok(entry.connection.clone());
        }
        if snapshot.declared.is_declared(alias) {
            let message = format!("Server \"{alias}\" is switched off in the variable \"servers\".");
            return Ok(Err(Failure::new(FailureKind::Configuration, message)));
        }
        let listed = snapshot.registered(alias).ok_or(Refusal::NotFound)?;
        Ok(self.access.registry.registered_connection(snapshot, alias, listed).await)
    }
}

/// A failure as the API shows it.
pub(super) fn shown(failure: Failure) -> admin_api::Failure {
    let kind = match failure.kind {
        FailureKind::UnknownServer | FailureKind::Configuration => admin_api::FailureKind::Configuration,
        FailureKind::Authorization => admin_api::FailureKind::Authorization,
        FailureKind::Unreachable => admin_api::FailureKind::Unreachable,
        FailureKind::TimedOut => admin_api::FailureKind::TimedOut,
        FailureKind::HttpStatus => admin_api::FailureKind::HttpStatus,
        FailureKind::Protocol => admin_api::FailureKind::Protocol,
        FailureKind::Rpc => admin_api::FailureKind::Rpc,
    };
    admin_api::Failure { kind, message: failure.message }
}
