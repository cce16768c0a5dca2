use crate::name::{MAX_KEY_CHARS, MAX_SERVER_CHARS, MAX_TOOL_CHARS, Name, cut};
use crate::{Counts, Day, Health, day_of_key, health as server_health, record};
use std::collections::BTreeMap;

/// Which rows are wanted: those for which all that is said holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// From this day on.
    pub from: Option<Day>,
    /// Up to and with this day.
    pub to: Option<Day>,
    /// Of this key.
    pub key: Option<String>,
    /// Of this server.
    pub server: Option<String>,
    /// Of this tool.
    pub tool: Option<String>,
}

/// What the calls of one key to one tool came to on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The day.
    pub day: Day,
    /// The id of the key, [`crate::OPERATOR`] or [`crate::OTHER`].
    pub key: String,
    /// The alias of the server, [`crate::UNKNOWN`] or [`crate::OTHER`].
    pub server: String,
    /// The tool or MCP method, [`crate::UNKNOWN`] or [`crate::OTHER`].
    pub tool: String,
    /// The sums.
    pub counts: Counts,
}

impl Filter {
    /// Whether a key of the store is that of a record in which such rows may be; others need not be read.
    #[must_use]
    pub fn wants_record(&self, key: &str) -> bool {
        day_of_key(key).is_some_and(|day| self.wants_day(day))
    }

    fn wants_day(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    fn wants(&self, name: &Name) -> bool {
        let is = |wanted: &Option<String>, found: &str, most_chars| {
            wanted.as_ref().is_none_or(|wanted| cut(wanted, most_chars) == found)
        };
        is(&self.key, &name.key, MAX_KEY_CHARS)
            && is(&self.server, &name.server, MAX_SERVER_CHARS)
            && is(&self.tool, &name.tool, MAX_TOOL_CHARS)
    }
}

/// The rows of records, given by key and value, summed over the shards, in the order of day, key, server and tool.
/// Other keys, and records that are damaged or newer, are passed over.
pub fn rows<K, V>(records: impl IntoIterator<Item = (K, V)>, filter: &Filter) -> Vec<Row>
where
    K: AsRef<str>,
    V: AsRef<[u8]>,
{
    let mut sums = BTreeMap::<(Day, Name), Counts>::new();
    for (key, value) in records {
        let Some(day) = day_of_key(key.as_ref()).filter(|day| filter.wants_day(*day)) else { continue };
        let Ok(counters) = record::read(value.as_ref()) else { continue };
        for (name, counts) in counters.rows.into_iter().filter(|(name, _)| filter.wants(name)) {
            sums.entry((day, name)).or_default().add(&counts);
        }
    }
    let row = |((day, Name { key, server, tool }), counts)| Row { day, key, server, tool, counts };
    sums.into_iter().map(row).collect()
}

/// The health of each server by alias, as the newest of the records tells it. Other keys, and records that are damaged
/// or newer, are passed over.
pub fn health<K, V>(records: impl IntoIterator<Item = (K, V)>) -> BTreeMap<String, Health>
where
    K: AsRef<str>,
    V: AsRef<[u8]>,
{
    let of_usage = records.into_iter().filter(|(key, _)| day_of_key(key.as_ref()).is_some());
    server_health::newest(of_usage.filter_map(|(_, value)| Some(record::read(value.as_ref()).ok()?.servers)))
}
