use crate::secret_hash::SecretHash;
use crate::{InvalidSettings, KeyRecord, KeySettings, KeyView, Problem, key_text};
use std::fmt;

const ID_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;

/// Random bytes that a key is made of.
pub const RANDOM_BYTES: usize = ID_BYTES + SECRET_BYTES;

/// A key at the moment when it is made: the only one when its text is there.
pub struct NewKey {
    text: String,
    record: KeyRecord,
}

impl NewKey {
    /// Makes a key. The bytes must come from a cryptographic source; whoever knows them knows the key.
    ///
    /// An expiry that is not after `now_ms` (milliseconds since 1970) is a problem. Two keys have the same id with a
    /// probability of 2⁻⁶⁰: a record that is there already must not be replaced.
    pub fn make(settings: KeySettings, now_ms: u64, random: &[u8; RANDOM_BYTES]) -> Result<Self, InvalidSettings> {
        if settings.expires_at_ms.is_some_and(|expiry| expiry <= now_ms) {
            let detail = "must be in the future, or the key could never be used";
            return Err(InvalidSettings { problems: vec![Problem::new("/expiresAt", detail)] });
        }
        let mut id = [0; ID_BYTES];
        let mut secret = [0; SECRET_BYTES];
        id.copy_from_slice(&random[..ID_BYTES]);
        secret.copy_from_slice(&random[ID_BYTES..]);
        let (id, secret) = (key_text::id(id), key_text::secret(secret));
        let text = key_text::text(&id, &secret);
        let secret_hash = SecretHash::of(&id, &secret);
        let created_at_ms = now_ms.min(date_time::LAST_UNIX_MS);
        Ok(Self { text, record: KeyRecord { id, secret_hash, created_at_ms, settings } })
    }

    /// The key itself, to be shown once and kept nowhere.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is to be stored.
    #[must_use]
    pub fn record(&self) -> &KeyRecord {
        &self.record
    }

    /// What the one who made the key is answered: the view of its record with the member `key`, its text.
    #[must_use]
    pub fn view(&self) -> KeyView<'_> {
        KeyView::of(&self.record, Some(&self.text))
    }
}

/// The text is not shown.
impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewKey").field("record", &self.record).finish_non_exhaustive()
    }
}
