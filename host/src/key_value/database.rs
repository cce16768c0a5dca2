//! Access to the SQLite file for many requests at once: one thread reads and one writes, so that no request waits on
//! a disk in the threads that run components, and writes that arrive together share one commit.

use super::schema::{self, Swap};
use super::write::{Write, commit, write};
use crate::output::log;
use crate::private_file::{self, ExposedFile};
use rusqlite::{Connection, Transaction};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::{fs, io};
use tokio::sync::oneshot;

/// Name of the file in the state directory.
const FILE_NAME: &str = "key_value.db";

/// How many writes share a commit at the most.
const MAX_WRITES_PER_COMMIT: usize = 256;

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The state directory cannot be made.
    #[error("cannot create the state directory {}: {source}", path.display())]
    Directory {
        /// Path of the directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file cannot be made.
    #[error("cannot create the key-value store {}: {source}", path.display())]
    Create {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Others may use the file.
    #[error("cannot use the key-value store: {0}")]
    Exposed(#[from] ExposedFile),
    /// The file cannot be opened as a database.
    #[error("cannot open the key-value store {}: {source}", path.display())]
    Open {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        source: rusqlite::Error,
    },
    /// A thread cannot be started.
    #[error("cannot start a thread of the key-value store: {0}")]
    Thread(#[source] io::Error),
    /// SQLite failed to read or to commit; nothing of a failed write is kept.
    #[error("the key-value store failed: {0}")]
    Sqlite(String),
    /// What is to be incremented is no number.
    #[error("the value of `{key}` cannot be incremented: it is no number of 8 bytes, little-endian")]
    NotANumber {
        /// The key.
        key: String,
    },
    /// A number does not fit into 64 bits.
    #[error("`{key}` incremented by {delta} does not fit into 64 bits")]
    Overflow {
        /// The key.
        key: String,
        /// What was to be added.
        delta: i64,
    },
    /// The store was closed while a request waited for it.
    #[error("the key-value store is closed")]
    Closed,
}

type Read = Box<dyn FnOnce(&Connection) + Send>;

/// An open key-value database. Dropping it waits for the writes under way and closes the file.
#[derive(Debug)]
pub struct Database {
    reads: Option<mpsc::Sender<Read>>,
    writes: Option<mpsc::Sender<Box<dyn Write>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Database {
    /// Opens the database in `directory`, and creates both when they are not there. Only the user can use the files: what
    /// other users may do with one that is there is taken from them.
    pub fn open(directory: &Path) -> Result<Self, DatabaseError> {
        create_private(directory).map_err(|source| DatabaseError::Directory { path: directory.to_owned(), source })?;
        let path = directory.join(FILE_NAME);
        make_private(&path)?;
        let open = || schema::open(&path).map_err(|source| DatabaseError::Open { path: path.clone(), source });
        let (writer, reader) = (open()?, open()?);
        let (reads, read_queue) = mpsc::channel::<Read>();
        let (writes, write_queue) = mpsc::channel::<Box<dyn Write>>();
        let threads = vec![
            spawn("key-value reads", move || read_queue.iter().for_each(|read| read(&reader)))?,
            spawn("key-value writes", move || write_all(writer, &write_queue))?,
        ];
        Ok(Self { reads: Some(reads), writes: Some(writes), threads })
    }

    /// Whether there is one in `directory`.
    pub fn is_in(directory: &Path) -> bool {
        directory.join(FILE_NAME).exists()
    }

    /// The value of `key`.
    pub async fn get(&self, store: &str, key: String) -> Result<Option<Vec<u8>>, DatabaseError> {
        let store = store.to_owned();
        self.read(move |connection| schema::get(connection, &store, &key)).await
    }

    /// Whether `key` has a value.
    pub async fn exists(&self, store: &str, key: String) -> Result<bool, DatabaseError> {
        let store = store.to_owned();
        self.read(move |connection| schema::exists(connection, &store, &key)).await
    }

    /// Every key of `store`, in order.
    pub async fn keys(&self, store: &str) -> Result<Vec<String>, DatabaseError> {
        let store = store.to_owned();
        self.read(move |connection| schema::keys(connection, &store)).await
    }

    /// Gives `key` a value. When this returns, the value is on disk.
    pub async fn set(&self, store: &str, key: String, value: Vec<u8>) -> Result<(), DatabaseError> {
        let store = store.to_owned();
        self.write(move |transaction| schema::set(transaction, &store, &key, &value)).await
    }

    /// Removes `key`, if it is there. When this returns, that is on disk.
    pub async fn delete(&self, store: &str, key: String) -> Result<(), DatabaseError> {
        let store = store.to_owned();
        self.write(move |transaction| schema::delete(transaction, &store, &key)).await
    }

    /// Gives `key` a value if it has the value `expected`, or none where that is `None`. When this returns, the value
    /// is on disk. Values are compared and not versions: a value that was changed and changed back is the expected one.
    pub async fn swap(
        &self,
        store: &str,
        key: String,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
    ) -> Result<Swap, DatabaseError> {
        let store = store.to_owned();
        self.write(move |transaction| schema::swap(transaction, &store, &key, expected.as_deref(), &value)).await
    }

    /// Adds `delta` to the number of `key`, which is 0 where there is none, and returns the sum, which is on disk then.
    /// The value is the number in 8 bytes, two's complement, little-endian, as in Spin's SQLite store.
    pub async fn increment(&self, store: &str, key: String, delta: i64) -> Result<i64, DatabaseError> {
        let store = store.to_owned();
        self.write(move |transaction| {
            let number = match schema::get(transaction, &store, &key)?.map(<[u8; 8]>::try_from) {
                None => 0,
                Some(Ok(bytes)) => i64::from_le_bytes(bytes),
                Some(Err(_)) => return Ok(Err(DatabaseError::NotANumber { key: key.clone() })),
            };
            let Some(sum) = number.checked_add(delta) else {
                return Ok(Err(DatabaseError::Overflow { key: key.clone(), delta }));
            };
            schema::set(transaction, &store, &key, &sum.to_le_bytes())?;
            Ok(Ok(sum))
        })
        .await?
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (done, answer) = oneshot::channel();
        let read: Read = Box::new(move |connection| {
            // Nobody waits for the answer of a request that was cancelled.
            let _ = done.send(query(connection));
        });
        self.reads.as_ref().and_then(|reads| reads.send(read).ok()).ok_or(DatabaseError::Closed)?;
        answer.await.map_err(|_| DatabaseError::Closed)?.map_err(|error| DatabaseError::Sqlite(error.to_string()))
    }

    async fn write<T: Send + 'static>(
        &self,
        change: impl Fn(&Transaction) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (write, outcome) = write(change);
        self.writes.as_ref().and_then(|writes| writes.send(write).ok()).ok_or(DatabaseError::Closed)?;
        outcome.await.map_err(|_| DatabaseError::Closed)?
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The threads end when their queues do; the last connection to close folds the log into the file.
        self.reads = None;
        self.writes = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                log("a thread of the key-value store panicked");
            }
        }
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, DatabaseError> {
    thread::Builder::new().name(name.to_owned()).spawn(run).map_err(DatabaseError::Thread)
}

fn write_all(mut connection: Connection, queue: &mpsc::Receiver<Box<dyn Write>>) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(MAX_WRITES_PER_COMMIT - 1));
        let committed = commit(&mut connection, &mut batch).map_err(|error| error.to_string());
        for write in batch {
            write.acknowledge(committed.clone().map_err(DatabaseError::Sqlite));
        }
    }
}

/// Sees to it that the file is there and that nobody else may use it, nor SQLite's files beside it, which get the
/// permissions of the first one when they are new.
fn make_private(path: &Path) -> Result<(), DatabaseError> {
    if !path.exists() {
        private_file::create(path, b"").map_err(|source| DatabaseError::Create { path: path.to_owned(), source })?;
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        private_file::take_from_others(Path::new(&file))?;
    }
    Ok(())
}

#[cfg(unix)]
fn create_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}
