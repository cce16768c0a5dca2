use crate::{Day, day_of_key};

/// Days for which usage is kept unless the operator says otherwise.
pub const DEFAULT_RETENTION_DAYS: u32 = 30;
/// Most days for which it can be kept.
pub const MAX_RETENTION_DAYS: u32 = 365;

/// The keys, among those of the store, whose records are to be deleted: of usage, and not of today or of the `days` − 1
/// days before it. `days` counts as 1 to [`MAX_RETENTION_DAYS`]. A day that is to come is another instance's today.
pub fn expired<K: AsRef<str>>(keys: impl IntoIterator<Item = K>, today: Day, days: u32) -> Vec<String> {
    let days = i64::from(days.clamp(1, MAX_RETENTION_DAYS));
    let is_over = |key: &K| day_of_key(key.as_ref()).is_some_and(|day| today.days_since(day) >= days);
    keys.into_iter().filter(is_over).map(|key| key.as_ref().to_string()).collect()
}
