//! Credentials at rest: sealed under `encryption_key`, each bound to its server and its place in the server's record.

use crate::host::Host;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sealed_secrets::{InvalidKey, Keys, NotOpened, Purpose};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A sealed credential, as it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sealed(String);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

/// Why a stored credential cannot be used, or another one cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VaultError {
    #[error("a credential is stored for it, and the variable \"encryption_key\", which opens it, is not set")]
    NoKey,
    #[error("{0}")]
    InvalidKey(#[from] InvalidKey),
    #[error("its stored credential at {place} cannot be opened: {reason}")]
    NotOpened { place: String, reason: NotOpened },
}

/// The keys, if there are any.
#[derive(Debug, Clone)]
pub(crate) struct Vault(Result<Option<Keys>, InvalidKey>);

impl Vault {
    /// Takes the variable `encryption_key`.
    pub fn read(variable: &str) -> Self {
        Self(Keys::read(variable))
    }

    /// Seals a credential for a place in the record of a server.
    pub fn seal(&self, host: &impl Host, alias: &str, place: &str, secret: &str) -> Result<Sealed, VaultError> {
        let keys = self.keys()?;
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&host.random().to_be_bytes());
        nonce[8..].copy_from_slice(&host.random().to_be_bytes()[..4]);
        let sealed = keys.seal(secret.as_bytes(), Purpose(&["credential", alias, place]), nonce);
        Ok(Sealed(STANDARD_NO_PAD.encode(sealed)))
    }

    /// Opens a credential.
    pub fn open(&self, alias: &str, place: &str, sealed: &Sealed) -> Result<String, VaultError> {
        let keys = self.keys()?;
        let not_opened = |reason| VaultError::NotOpened { place: place.to_string(), reason };
        let bytes = STANDARD_NO_PAD.decode(&sealed.0).map_err(|_| not_opened(NotOpened::Damaged))?;
        let opened = keys.open(&bytes, Purpose(&["credential", alias, place])).map_err(not_opened)?;
        String::from_utf8(opened).map_err(|_| not_opened(NotOpened::Damaged))
    }

    fn keys(&self) -> Result<&Keys, VaultError> {
        let keys = self.0.as_ref().map_err(|error| VaultError::InvalidKey(*error))?;
        keys.as_ref().ok_or(VaultError::NoKey)
    }

    /// Whether it was sealed with the newest key.
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        let Ok(Some(keys)) = &self.0 else { return false };
        STANDARD_NO_PAD.decode(&sealed.0).is_ok_and(|bytes| keys.is_current(&bytes))
    }
}
