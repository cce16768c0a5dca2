//! What is kept in the key-value store, so that a fresh instance starts warm: `catalog/<alias>`, `connection/<alias>`,
//! `failure/<alias>` and `token/<alias>`, JSON with a version. None holds a credential that is not sealed; a fingerprint tells whether
//! the record is of the server as it is configured now.

use crate::{fingerprint, host::Host, upstream::Failing, vault::Sealed};
use mcp_client::{Catalog, Connection};
use serde::{Deserialize, Serialize};

/// Counts up when a record changes its form; others are ignored, since all of it can be fetched again.
const VERSION: u32 = 1;
/// Key-value stores of edge platforms take values of up to 1 MB.
const LARGEST_BYTES: usize = 1_000_000;

/// A catalog, when it was fetched, and until when it counts.
#[derive(Debug, Serialize, Deserialize)]
pub struct KnownCatalog {
    /// Differs whenever the catalog differs.
    pub revision: String,
    pub(crate) fresh_until_unix_ms: u64,
    #[serde(default)]
    pub(crate) fetched_unix_ms: u64,
    /// The last refresh before which it was not fetched: a number of the index, since the clocks of instances differ.
    #[serde(default)]
    pub(crate) covered_refresh: u64,
    pub catalog: Catalog,
}

impl KnownCatalog {
    pub(crate) fn new(catalog: Catalog, fetched_unix_ms: u64, ttl_ms: u64, covered_refresh: u64) -> Self {
        let contents = serde_json::to_vec(&(&catalog.title, &catalog.instructions, &catalog.tools, &catalog.malformed));
        let revision = fingerprint::of_text(&contents.expect("texts and lists of texts are JSON"));
        Self { revision, fresh_until_unix_ms: fetched_unix_ms + ttl_ms, fetched_unix_ms, covered_refresh, catalog }
    }

    /// The same as the list of a refresh.
    pub(crate) fn as_of(&self, covered_refresh: u64) -> Self {
        Self { revision: self.revision.clone(), covered_refresh, catalog: self.catalog.clone(), ..*self }
    }
}

#[derive(Serialize, Deserialize)]
struct Record<T> {
    version: u32,
    fingerprint: String,
    contents: T,
}

pub(crate) fn catalog_key(alias: &str) -> String {
    format!("catalog/{alias}")
}

pub(crate) fn failure_key(alias: &str) -> String {
    format!("failure/{alias}")
}

pub(crate) fn connection_key(alias: &str) -> String {
    format!("connection/{alias}")
}

/// Counts who has wanted another connection in place of a refused one, until there is one.
pub(crate) fn renewing_key(alias: &str) -> String {
    format!("renewing/{alias}")
}

/// Counts who has wanted another access token, until there is one.
pub(crate) fn signing_in_key(alias: &str) -> String {
    format!("signing-in/{alias}")
}

pub(crate) fn token_key(alias: &str) -> String {
    format!("token/{alias}")
}

/// The record of a catalog; `None` when it is too large to be kept.
pub(crate) fn write_catalog(fingerprint: &str, catalog: &KnownCatalog) -> Option<Vec<u8>> {
    write(fingerprint, catalog).filter(|record| record.len() <= LARGEST_BYTES)
}

pub(crate) fn read_catalog(fingerprint: &str, record: &[u8]) -> Option<KnownCatalog> {
    read(fingerprint, record)
}

/// The catalog of a record, whichever way of reaching its server it is of.
pub(crate) fn read_any_catalog(record: &[u8]) -> Option<KnownCatalog> {
    let record: Record<KnownCatalog> = serde_json::from_slice(record).ok()?;
    (record.version == VERSION).then_some(record.contents)
}

/// The record of why there is no catalog.
pub(crate) fn write_failure(fingerprint: &str, failing: &Failing) -> Option<Vec<u8>> {
    write(fingerprint, failing).filter(|record| record.len() <= LARGEST_BYTES)
}

pub(crate) fn read_failure(fingerprint: &str, record: &[u8]) -> Option<Failing> {
    read(fingerprint, record)
}

pub(crate) fn write_connection(fingerprint: &str, connection: &Connection) -> Option<Vec<u8>> {
    write(fingerprint, connection).filter(|record| record.len() <= LARGEST_BYTES)
}

pub(crate) fn read_connection(fingerprint: &str, record: &[u8]) -> Option<Connection> {
    read(fingerprint, record)
}

pub(crate) fn write_token(fingerprint: &str, token: &Sealed) -> Option<Vec<u8>> {
    write(fingerprint, token).filter(|record| record.len() <= LARGEST_BYTES)
}

pub(crate) fn read_token(fingerprint: &str, record: &[u8]) -> Option<Sealed> {
    read(fingerprint, record)
}

fn write<T: Serialize>(fingerprint: &str, contents: &T) -> Option<Vec<u8>> {
    serde_json::to_vec(&Record { version: VERSION, fingerprint: fingerprint.to_string(), contents }).ok()
}

/// A record of another form, of another target, or damaged is as good as none.
fn read<T: for<'de> Deserialize<'de>>(fingerprint: &str, record: &[u8]) -> Option<T> {
    let record: Record<T> = serde_json::from_slice(record).ok()?;
    (record.version == VERSION && record.fingerprint == fingerprint).then_some(record.contents)
}

/// A value that can be had again from its server, so a store that fails is like an empty one.
pub(crate) async fn load<H: Host>(host: &H, key: &str) -> Option<Vec<u8>> {
    match host.get(key).await {
        Ok(value) => value,
        Err(error) => {
            host.warn(&format!("cannot read \"{key}\": {error}"));
            None
        }
    }
}

/// Stores such a value, where the store works.
pub(crate) async fn save<H: Host>(host: &H, key: &str, value: Vec<u8>) {
    if let Err(error) = host.set(key, value).await {
        host.warn(&format!("cannot write \"{key}\": {error}"));
    }
}

/// Removes such a value, where the store works.
pub(crate) async fn remove<H: Host>(host: &H, key: &str) {
    if let Err(error) = host.delete(key).await {
        host.warn(&format!("cannot remove \"{key}\": {error}"));
    }
}
