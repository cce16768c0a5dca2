use crate::secret_hash::SecretHash;
use crate::{GivenKey, KeySettings, KeyView, Role};
use serde_json::Value;
use tool_policy::Access;

/// What is kept of a key. `Debug` shows no hash.
#[derive(Debug, Clone)]
pub struct KeyRecord {
    pub(crate) id: String,
    pub(crate) secret_hash: SecretHash,
    /// Milliseconds since 1970.
    pub(crate) created_at_ms: u64,
    pub(crate) settings: KeySettings,
}

/// Why a key is not admitted. To whom it is refused, both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The secret, or the id, is not the one of this record.
    #[error("the key is wrong")]
    Wrong,
    /// The key was right until it expired.
    #[error("the key has expired")]
    Expired,
}

impl KeyRecord {
    /// Whether a given key is the one that this record was made for, and is still good at a time in milliseconds since
    /// 1970. Secrets are compared in constant time; only who has the right one learns that it has expired.
    pub fn admits(&self, given: &GivenKey<'_>, now_ms: u64) -> Result<(), Refused> {
        if !SecretHash::of(given.id(), given.secret).is(&self.secret_hash) {
            return Err(Refused::Wrong);
        }
        if self.has_expired(now_ms) { Err(Refused::Expired) } else { Ok(()) }
    }

    /// Whether the key is good no more at a time in milliseconds since 1970.
    #[must_use]
    pub fn has_expired(&self, now_ms: u64) -> bool {
        self.settings.expires_at_ms.is_some_and(|expiry| now_ms >= expiry)
    }

    /// What names the key, in the store and in logs; no secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the key was made, in milliseconds since 1970.
    #[must_use]
    pub fn created_at_ms(&self) -> u64 {
        self.created_at_ms
    }

    /// What the operator decided about the key.
    #[must_use]
    pub fn settings(&self) -> &KeySettings {
        &self.settings
    }

    /// The same key with other settings. An expiry may lie in the past here: that ends the key and keeps its record.
    #[must_use]
    pub fn with_settings(self, settings: KeySettings) -> Self {
        Self { settings, ..self }
    }

    /// Whether the key may manage the gateway.
    #[must_use]
    pub fn may_manage(&self) -> bool {
        self.settings.role == Role::Manage
    }

    /// Whether the key may see a server at all. To one that may not, the server does not exist.
    #[must_use]
    pub fn may_use(&self, alias: &str) -> bool {
        self.settings.servers.as_ref().is_none_or(|servers| servers.contains(alias))
    }

    /// What this key may do with a tool, as far as the key decides: the stricter of this and of the server's own
    /// policy holds. `server_annotations` is what the server says in the tool's `annotations`, of any shape.
    #[must_use]
    pub fn access(&self, alias: &str, tool_name: &str, server_annotations: Option<&Value>) -> Access {
        if self.may_use(alias) {
            self.settings.tools.access_on(alias, tool_name, server_annotations)
        } else {
            Access::Blocked
        }
    }

    /// What may be shown of the key: everything but the hash.
    #[must_use]
    pub fn view(&self) -> KeyView<'_> {
        KeyView::of(self, None)
    }
}
