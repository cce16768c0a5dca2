use crate::Day;

/// A day has so many records, so that instances that write at once rarely meet in one.
pub const SHARDS: u64 = 8;

const PREFIX: &str = "usage/";

/// The key of one of a day's records: `usage/<YYYY-MM-DD>/<shard>`, the shard picked by a random number.
#[must_use]
pub fn record_key(day: Day, random: u64) -> String {
    format!("{PREFIX}{day}/{}", random % SHARDS)
}

/// The day of a record, by its key; `None` for keys of other things. The shard may be any of 0 to 999, so that records
/// remain readable when [`SHARDS`] changes.
#[must_use]
pub fn day_of_key(key: &str) -> Option<Day> {
    let (day, shard) = key.strip_prefix(PREFIX)?.split_once('/')?;
    let is_shard = matches!(shard.len(), 1..=3) && shard.bytes().all(|byte| byte.is_ascii_digit());
    is_shard.then(|| Day::read(day)).flatten()
}

/// Whether a key of the store is that of a record of usage.
#[must_use]
pub fn is_usage_key(key: &str) -> bool {
    day_of_key(key).is_some()
}
