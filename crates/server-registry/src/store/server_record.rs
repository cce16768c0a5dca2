//! `server/<alias>/<body>`: how to reach a registered server, and its policy. Written once, never changed.

use crate::{
    host::{Host, StoreError},
    vault::Sealed,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tool_policy::Policy;

/// The form of a record. An older one is brought to this form when it is read.
const VERSION: u32 = 1;

/// What is kept of a server beside its entry in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServerRecord {
    pub url: String,
    /// By name in lower case.
    pub headers: BTreeMap<String, Sealed>,
    pub auth: AuthRecord,
    pub timeout_ms: u32,
    #[serde(default)]
    pub tools: Policy,
}

/// How the gateway signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum AuthRecord {
    None,
    Bearer { token: Sealed },
    OAuth(OAuthRecord),
}

/// A client of OAuth 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OAuthRecord {
    pub client_id: String,
    pub client: ClientRecord,
    pub scope: Option<String>,
    pub issuer: Option<String>,
    pub token_endpoint: Option<String>,
}

/// How a client of OAuth 2 proves who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "camelCase")]
pub(crate) enum ClientRecord {
    Secret {
        client_secret: Sealed,
    },
    PrivateKey {
        private_key: Sealed,
        key_id: Option<String>,
        /// As JSON Web Signatures call it.
        algorithm: Option<String>,
    },
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    version: u32,
    server: T,
}

/// Where a record is kept.
pub(crate) fn key(alias: &str, body: &str) -> String {
    format!("server/{alias}/{body}")
}

/// Writes a record.
pub(crate) fn write(server: &ServerRecord) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(&Envelope { version: VERSION, server }).map_err(|error| StoreError(error.to_string()))
}

/// Loads a record; `None` when it is not there.
pub(crate) async fn load<H: Host>(host: &H, alias: &str, body: &str) -> Result<Option<ServerRecord>, StoreError> {
    let key = key(alias, body);
    let Some(bytes) = host.get(&key).await? else { return Ok(None) };
    let unreadable = |reason: &str| StoreError(format!("its record \"{key}\" {reason}"));
    let envelope: Envelope<serde_json::Value> = serde_json::from_slice(&bytes).map_err(|_| unreadable("is damaged"))?;
    if envelope.version > VERSION {
        return Err(unreadable("was written by a newer gateway"));
    }
    serde_json::from_value(envelope.server).map(Some).map_err(|_| unreadable("is damaged"))
}
