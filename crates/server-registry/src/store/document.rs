//! Documents that several instances change at the same time.

use crate::host::{Host, StoreError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;

/// The form of a document around its contents.
const VERSION: u32 = 1;

/// How many writers a document remembers.
const REMEMBERED: usize = 128;

/// Said of a change whose fate is not known.
const UNKNOWN: &str = "it is not known whether the change was stored, since others changed the same at the same time";

/// How often a change is tried while others are faster.
const TRIES: u32 = 100;

/// Longest pause between two tries, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 256;

/// Values of edge platforms have at most 1 MB.
const LARGEST_BYTES: usize = 1_000_000;

#[derive(Serialize, Deserialize)]
struct Document<T> {
    version: u32,
    /// Who wrote last, so that a writer sees whether what it wrote was stored. Not every store says so: under Spin 4.1
    /// Redis reports every swap as lost, and SQLite overwrites where there was nothing.
    writers: Vec<String>,
    contents: T,
}

/// Why a document was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChangeError<E> {
    /// The change itself was refused.
    #[error("refused")]
    Refused(E),
    /// The store failed, or holds what this gateway cannot read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others were always faster.
    #[error("others changed it at the same time, again and again")]
    Busy,
    /// It would be larger than stores take.
    #[error("it would be larger than {LARGEST_BYTES} bytes")]
    TooLarge,
}

/// Reads a document; `None` when it is not there.
pub(crate) fn read<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    let unreadable = |reason: String| StoreError(format!("its record \"{key}\" {reason}"));
    // The version first: a newer form may have other contents.
    let version: Versioned = serde_json::from_slice(bytes).map_err(|_| unreadable("is damaged".to_string()))?;
    if version.version > VERSION {
        return Err(unreadable(format!("was written by a newer gateway (version {})", version.version)));
    }
    let document: Document<T> = serde_json::from_slice(bytes).map_err(|_| unreadable("is damaged".to_string()))?;
    Ok(document.contents)
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// A document that nobody has written to.
pub(crate) fn first<T: Serialize>(contents: &T) -> Result<Vec<u8>, StoreError> {
    let document = Document { version: VERSION, writers: Vec::new(), contents };
    serde_json::to_vec(&document).map_err(|error| StoreError(error.to_string()))
}

/// Changes a document until the change is there. `change` gets what is stored, may be asked several times, and gives
/// what is to be stored and something for the caller.
///
/// What the store says of a swap does not count, since stores are wrong in both directions; the document is read again
/// instead. Of the errors, [`Refused`](ChangeError::Refused), [`Busy`](ChangeError::Busy) and
/// [`TooLarge`](ChangeError::TooLarge) mean that nothing was changed; after [`Store`](ChangeError::Store) it may have
/// been.
pub(crate) async fn change<H: Host, T: Serialize + DeserializeOwned, R, E>(
    host: &H,
    key: &str,
    mut change: impl FnMut(Option<T>) -> Result<(T, R), E>,
) -> Result<R, ChangeError<E>> {
    let writer = format!("{:016x}", host.random());
    let mut tried = None;
    for attempt in 0..TRIES {
        if attempt > 0 {
            let pause_ms = 1 + host.random() % (1 << attempt.min(10)).min(LONGEST_PAUSE_MS);
            host.sleep(Duration::from_millis(pause_ms)).await;
        }
        let mut asked = None;
        let swapped = host
            .swap(key, &mut |bytes| {
                let writers = bytes.map(writers_of).unwrap_or_default();
                if writers.contains(&writer) {
                    return None;
                }
                let before = bytes.map_or(Before::Absent, |_| Before::WrittenBy(writers.last().cloned()));
                let (bytes, written) = match write(key, bytes, writers, &writer, &mut change) {
                    Ok((bytes, written)) => (Some(bytes), Ok(written)),
                    Err(error) => (None, Err(error)),
                };
                asked = Some((before, written));
                bytes
            })
            .await;
        let Some((before, written)) = asked else {
            swapped?;
            match tried.take() {
                // An earlier try was stored after all, which a store that is behind shows late.
                Some(changed) => return Ok(changed),
                None => continue,
            }
        };
        let changed = written?;
        match (fate(host, key, &writer, before).await?, swapped) {
            (Fate::Stored, _) => return Ok(changed),
            // It may be stored later, or has been and nobody can tell any more.
            (_, Err(error)) => return Err(error.into()),
            (Fate::Unknown, Ok(_)) => return Err(StoreError(UNKNOWN.to_string()).into()),
            (Fate::NotStored, Ok(_)) => tried = Some(changed),
        }
    }
    Err(ChangeError::Busy)
}

fn write<T: Serialize + DeserializeOwned, R, E>(
    key: &str,
    bytes: Option<&[u8]>,
    mut writers: Vec<String>,
    writer: &str,
    change: &mut impl FnMut(Option<T>) -> Result<(T, R), E>,
) -> Result<(Vec<u8>, R), ChangeError<E>> {
    let contents = bytes.map(|bytes| read::<T>(key, bytes)).transpose()?;
    let (contents, changed) = change(contents).map_err(ChangeError::Refused)?;
    writers.push(writer.to_string());
    let surplus = writers.len().saturating_sub(REMEMBERED);
    writers.drain(..surplus);
    let document = Document { version: VERSION, writers, contents };
    let bytes = serde_json::to_vec(&document).map_err(|error| StoreError(error.to_string()))?;
    if bytes.len() > LARGEST_BYTES {
        return Err(ChangeError::TooLarge);
    }
    Ok((bytes, changed))
}

/// What was in place of a document when it was read.
enum Before {
    Absent,
    /// The last writer, if it knows one.
    WrittenBy(Option<String>),
}

/// What became of a document that was to be stored.
enum Fate {
    /// It is there, or was.
    Stored,
    NotStored,
    /// So many others have written since that it would be forgotten.
    Unknown,
}

async fn fate<H: Host>(host: &H, key: &str, writer: &str, before: Before) -> Result<Fate, StoreError> {
    let Some(bytes) = host.get(key).await? else {
        // One that was there has been deleted since. Whether before or after the change: it is gone either way.
        return Ok(if matches!(before, Before::Absent) { Fate::NotStored } else { Fate::Stored });
    };
    let writers = writers_of(&bytes);
    let knows = |wanted: &str| writers.iter().any(|known| known == wanted);
    let nothing_is_forgotten = match before {
        Before::WrittenBy(Some(previous)) => knows(&previous),
        Before::WrittenBy(None) | Before::Absent => writers.len() < REMEMBERED,
    };
    Ok(match (knows(writer), nothing_is_forgotten) {
        (true, _) => Fate::Stored,
        (false, true) => Fate::NotStored,
        (false, false) => Fate::Unknown,
    })
}

fn writers_of(bytes: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Writers {
        writers: Vec<String>,
    }
    serde_json::from_slice(bytes).map(|document: Writers| document.writers).unwrap_or_default()
}
