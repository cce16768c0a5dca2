//! What happened at the gateway: a line of log per call, and counters that are kept for some days.
//!
//! Each [`Call`] gives a [`Call::log_line`] and is added to the [`Tally`] of its instance. Whenever [`flush`] says so,
//! the tally's [`Batch`]es are merged into records of the key-value store: `usage/<day>/<shard>`, where the shard is
//! picked at random, so that instances rarely meet. [`merge`] is made for a loop of compare-and-swap: it adds, and
//! adding gives the same sums in every order. [`rows`] and [`health`] read the records of all shards, and [`expired`]
//! names those to delete.
//!
//! Neither the log nor a record holds arguments, results or names of data. Nothing here reads a clock, makes random
//! numbers or reaches a store: moments are given as milliseconds since 1970, days are days in UTC.

mod batch;
mod call;
mod counters;
mod counts;
mod day;
mod flush;
mod fold;
mod health;
mod log_line;
mod name;
mod outcome;
mod reading;
mod record;
mod record_key;
mod retention;
mod tally;

pub use batch::Batch;
pub use call::{Call, OPERATOR};
pub use counts::Counts;
pub use day::Day;
pub use flush::{Flush, WRITE_INTERVAL_MS, flush};
pub use health::{Health, LastFailure, MAX_SERVERS};
pub use name::{MAX_EXECUTION_CHARS, MAX_KEY_CHARS, MAX_SERVER_CHARS, MAX_TOOL_CHARS, OTHER, UNKNOWN};
pub use outcome::{FailureKind, Outcome};
pub use reading::{Filter, Row, health, rows};
pub use record::{MAX_RECORD_BYTES, RECORD_VERSION, RecordError, merge};
pub use record_key::{SHARDS, day_of_key, is_usage_key, record_key};
pub use retention::{DEFAULT_RETENTION_DAYS, MAX_RETENTION_DAYS, expired};
pub use tally::{MAX_WAITING_ROWS, Tally};
