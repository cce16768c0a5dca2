use crate::tokens::EARLY_MS;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A token to be used until it expires; who stores it seals it. It belongs to the credentials and the server that it
/// was given for: where one of them changes, it is to be dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedToken {
    pub access_token: String,
    /// When it expires, in milliseconds since 1970.
    pub expires_at_unix_ms: u64,
}

impl CachedToken {
    /// Whether it is not about to expire at this moment, in milliseconds since 1970: it has to reach the server, too.
    pub fn is_fresh(&self, now_unix_ms: u64) -> bool {
        self.is_good_for(EARLY_MS, now_unix_ms)
    }

    pub(crate) fn is_good_for(&self, ms: u64, now_unix_ms: u64) -> bool {
        self.expires_at_unix_ms > now_unix_ms.saturating_add(ms)
    }
}

impl fmt::Debug for CachedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a token that expires at {} ms", self.expires_at_unix_ms)
    }
}
