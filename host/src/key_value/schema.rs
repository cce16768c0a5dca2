//! The SQLite file: how it is opened, and its one table.

use rusqlite::{Connection, ErrorCode, OptionalExtension, Result, Transaction, params};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a connection waits for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What became of a swap.
#[derive(Debug, PartialEq, Eq)]
pub enum Swap {
    /// The value was the expected one, and is the new one now.
    Done,
    /// The value is another one, and stays.
    Failed {
        /// What it is.
        current: Option<Vec<u8>>,
    },
}

/// Opens the file and creates the table when it is new.
///
/// In WAL mode with `synchronous = FULL`, SQLite reports a commit only when it is on disk, and readers do not wait for
/// the writer (<https://www.sqlite.org/wal.html>).
pub(super) fn open(path: &Path) -> Result<Connection> {
    const PAUSE: Duration = Duration::from_millis(20);
    let begun = Instant::now();
    loop {
        match open_once(path) {
            // Two that open a new file at the same time: SQLite does not wait when it changes the journal mode.
            Err(error) if is_busy(&error) && begun.elapsed() < BUSY_TIMEOUT => std::thread::sleep(PAUSE),
            outcome => return outcome,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn open_once(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute(
        "CREATE TABLE IF NOT EXISTS entries (
            store TEXT NOT NULL,
            key TEXT NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY (store, key)
        ) WITHOUT ROWID",
        [],
    )?;
    Ok(connection)
}

pub(super) fn get(connection: &Connection, store: &str, key: &str) -> Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT value FROM entries WHERE store = ?1 AND key = ?2")?
        .query_row(params![store, key], |row| row.get(0))
        .optional()
}

pub(super) fn exists(connection: &Connection, store: &str, key: &str) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM entries WHERE store = ?1 AND key = ?2")?.exists(params![store, key])
}

pub(super) fn keys(connection: &Connection, store: &str) -> Result<Vec<String>> {
    connection
        .prepare_cached("SELECT key FROM entries WHERE store = ?1 ORDER BY key")?
        .query_map(params![store], |row| row.get(0))?
        .collect()
}

pub(super) fn set(transaction: &Transaction, store: &str, key: &str, value: &[u8]) -> Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO entries (store, key, value) VALUES (?1, ?2, ?3)
             ON CONFLICT (store, key) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![store, key, value])?;
    Ok(())
}

pub(super) fn delete(transaction: &Transaction, store: &str, key: &str) -> Result<()> {
    transaction.prepare_cached("DELETE FROM entries WHERE store = ?1 AND key = ?2")?.execute(params![store, key])?;
    Ok(())
}

pub(super) fn swap(
    transaction: &Transaction,
    store: &str,
    key: &str,
    expected: Option<&[u8]>,
    value: &[u8],
) -> Result<Swap> {
    let current = get(transaction, store, key)?;
    if current.as_deref() != expected {
        return Ok(Swap::Failed { current });
    }
    set(transaction, store, key, value)?;
    Ok(Swap::Done)
}
