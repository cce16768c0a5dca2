use crate::secret_hash::SecretHash;
use crate::{KeyRecord, KeySettings, Role, key_text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tool_policy::Policy;

/// The version in which records are written.
pub const RECORD_VERSION: u64 = 1;

/// Why a stored record cannot be read. Nothing of it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A newer Bobbin wrote it. It is left as it is: what is not understood may be what restricts the key.
    #[error("the key's record has version {found}, this Bobbin reads up to {RECORD_VERSION}; use a newer Bobbin")]
    Newer {
        /// Its version.
        found: u64,
    },
    /// It is no record of a key.
    #[error("the key's record is damaged; delete the key and make a new one")]
    Damaged,
}

/// What all versions have.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Version1 {
    version: u64,
    id: String,
    hash: String,
    created_at_ms: u64,
    name: String,
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    servers: Option<BTreeSet<String>>,
    tools: Policy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate_limit_per_minute: Option<u32>,
}

impl KeyRecord {
    /// Reads a record as [`Self::to_json`] of this or an older version wrote it.
    pub fn from_json(stored: &[u8]) -> Result<Self, RecordError> {
        let Versioned { version } = serde_json::from_slice(stored).map_err(|_| RecordError::Damaged)?;
        match version {
            1 => serde_json::from_slice::<Version1>(stored).ok().and_then(Version1::record).ok_or(RecordError::Damaged),
            found if found > RECORD_VERSION => Err(RecordError::Newer { found }),
            _ => Err(RecordError::Damaged),
        }
    }

    /// Writes the record, the hash included, for the store alone.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let settings = self.settings.clone();
        let stored = Version1 {
            version: RECORD_VERSION,
            id: self.id.clone(),
            hash: self.secret_hash.to_hexadecimal(),
            created_at_ms: self.created_at_ms,
            name: settings.name,
            role: settings.role,
            expires_at_ms: settings.expires_at_ms,
            servers: settings.servers,
            tools: settings.tools,
            rate_limit_per_minute: settings.rate_limit_per_minute,
        };
        serde_json::to_vec(&stored).expect("texts, numbers and lists are JSON")
    }
}

impl Version1 {
    fn record(self) -> Option<KeyRecord> {
        let secret_hash = SecretHash::from_hexadecimal(&self.hash)?;
        let settings = KeySettings {
            name: self.name,
            role: self.role,
            expires_at_ms: self.expires_at_ms,
            servers: self.servers,
            tools: self.tools,
            rate_limit_per_minute: self.rate_limit_per_minute,
        };
        let record = KeyRecord { id: self.id, secret_hash, created_at_ms: self.created_at_ms, settings };
        key_text::is_id(&record.id).then_some(record)
    }
}
