//! Documents that several instances change at the same time.

use crate::host::{Host, StoreError, Swap};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;

/// The form of a document around its contents.
const VERSION: u32 = 1;

/// How many writers a document remembers.
const REMEMBERED: usize = 64;

/// How often a change is tried while others are faster.
const TRIES: u32 = 200;

/// Longest pause between two tries, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 32;

/// Values of edge platforms have at most 1 MB.
const LARGEST_BYTES: usize = 1_000_000;

#[derive(Serialize, Deserialize)]
struct Document<T> {
    version: u32,
    /// Who wrote last, so that a writer sees whether what it wrote was taken up: not every store says so reliably.
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
pub(crate) async fn change<H: Host, T: Serialize + DeserializeOwned, R, E>(
    host: &H,
    key: &str,
    mut change: impl FnMut(Option<T>) -> Result<(T, R), E>,
) -> Result<R, ChangeError<E>> {
    for attempt in 0..TRIES {
        if attempt > 0 {
            let pause_ms = 1 + host.random() % (1 << attempt.min(10)).min(LONGEST_PAUSE_MS);
            host.sleep(Duration::from_millis(pause_ms)).await;
        }
        let writer = format!("{:016x}", host.random());
        let mut outcome = None;
        let swapped = host
            .swap(key, &mut |bytes| {
                let written = write(key, bytes, &writer, &mut change);
                let (bytes, changed) = match written {
                    Ok((bytes, changed)) => (Some(bytes), Ok(changed)),
                    Err(error) => (None, Err(error)),
                };
                outcome = Some(changed);
                bytes
            })
            .await?;
        let changed = match (swapped, outcome) {
            (Swap::Lost, _) | (_, None) => continue,
            (_, Some(changed)) => changed?,
        };
        if was_taken_up(host, key, &writer).await? {
            return Ok(changed);
        }
    }
    Err(ChangeError::Busy)
}

fn write<T: Serialize + DeserializeOwned, R, E>(
    key: &str,
    bytes: Option<&[u8]>,
    writer: &str,
    change: &mut impl FnMut(Option<T>) -> Result<(T, R), E>,
) -> Result<(Vec<u8>, R), ChangeError<E>> {
    let contents = bytes.map(|bytes| read::<T>(key, bytes)).transpose()?;
    let mut writers = bytes.map(writers_of).unwrap_or_default();
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

/// A document that somebody deleted since was there.
async fn was_taken_up<H: Host>(host: &H, key: &str, writer: &str) -> Result<bool, StoreError> {
    let stored = host.get(key).await?;
    Ok(stored.is_none_or(|bytes| writers_of(&bytes).iter().any(|known| known == writer)))
}

fn writers_of(bytes: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Writers {
        writers: Vec<String>,
    }
    serde_json::from_slice(bytes).map(|document: Writers| document.writers).unwrap_or_default()
}
