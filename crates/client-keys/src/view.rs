use crate::{KeyRecord, KeySettings};
use serde::Serialize;

/// A key as the admin API shows it: `id`, `createdAt` (RFC 3339), and the members of [`KeySettings`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyView<'a> {
    id: &'a str,
    created_at: String,
    #[serde(flatten)]
    settings: &'a KeySettings,
    /// The text of the key, only when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

impl<'a> KeyView<'a> {
    pub(crate) fn of(record: &'a KeyRecord, key: Option<&'a str>) -> Self {
        let created_at = date_time::write(record.created_at_ms);
        Self { id: &record.id, created_at, settings: &record.settings, key }
    }
}
