use crate::protocol::timestamp;
use crate::servers::reports::FailureKind;
use serde::Serialize;

/// How a server has been doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthView {
    /// Which server.
    pub alias: String,
    /// In one word.
    pub state: HealthState,
    /// When something last worked there, in milliseconds since 1970.
    #[serde(rename = "lastSuccessAt", serialize_with = "timestamp::optional", skip_serializing_if = "Option::is_none")]
    pub last_success_at_ms: Option<u64>,
    /// When something last failed there, in milliseconds since 1970.
    #[serde(rename = "lastFailureAt", serialize_with = "timestamp::optional", skip_serializing_if = "Option::is_none")]
    pub last_failure_at_ms: Option<u64>,
    /// What that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<FailureKind>,
    /// Its list of tools.
    pub catalog: CatalogHealth,
}

/// How a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum HealthState {
    /// Nothing is known yet.
    Unknown,
    /// What was tried last worked.
    Healthy,
    /// What was tried last failed.
    Failing,
    /// It is switched off.
    Disabled,
}

/// How current a list of tools is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogHealth {
    /// In one word.
    pub state: CatalogState,
    /// How many tools are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_count: Option<u64>,
    /// When it was fetched, in milliseconds since 1970.
    #[serde(rename = "fetchedAt", serialize_with = "timestamp::optional", skip_serializing_if = "Option::is_none")]
    pub fetched_at_ms: Option<u64>,
}

/// Whether a list of tools is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CatalogState {
    /// There is none.
    Missing,
    /// Within its time to live.
    Fresh,
    /// Older than that; it serves until there is another one.
    Stale,
}
