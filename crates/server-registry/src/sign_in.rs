use crate::{
    access::Access,
    caller::{Caller, Purpose},
    failure::{Failure, FailureKind},
    host::{Host, StoreError},
    registry::Registry,
    store::key_record,
};
use client_keys::{GivenKey, is_same_key};
use futures::future::join;
use std::{rc::Rc, time::Duration};

const MINUTE_MS: u64 = 60_000;

/// For how long a key that was looked at counts within one request.
const KEY_COUNTS_MS: u64 = 1_000;

/// How long to wait at least before a count that the store refused is tried again. SQLite refuses at once where two
/// processes count at the same time; at worst, a request counts twice.
const COUNT_BACKOFF_MS: [u64; 4] = [5, 20, 80, 200];

/// Where the requests of a minute are counted: `rate/<key>/<minute since 1970>`.
const RATE_PREFIX: &str = "rate/";

/// Who is at the door.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// What was shown as `Authorization: Bearer`.
    pub key: Option<&'a str>,
    /// Whether `Host` is a name of this machine, and no proxy passed the request on.
    pub is_local: bool,
}

/// Why a visitor stays outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSignedIn {
    /// A key is needed.
    NoKey,
    /// The key is not one of this gateway, has expired or was revoked.
    WrongKey,
    /// Without an admin key the gateway answers on this machine's names only.
    NotLocal,
    /// The key has used up its requests of this minute.
    TooManyRequests {
        /// When the next minute begins.
        retry_after_s: u64,
    },
    /// The key cannot be checked, or its requests cannot be counted: the store does not answer.
    Unchecked,
    /// The caller may come in, but the configuration or the store cannot be used.
    Failed(Failure),
}

impl From<StoreError> for NotSignedIn {
    fn from(_: StoreError) -> Self {
        Self::Unchecked
    }
}

impl<H: Host> Registry<H> {
    /// Lets a visitor in, for one request.
    pub async fn sign_in(self: &Rc<Self>, visitor: Visitor<'_>, purpose: Purpose) -> Result<Access<H>, NotSignedIn> {
        let (caller, snapshot) = join(self.caller(visitor), self.snapshot()).await;
        let caller = caller?;
        self.count(&caller, 1).await?;
        Ok(Access::new(self.clone(), caller, purpose, snapshot.map_err(NotSignedIn::Failed)?))
    }

    async fn caller(&self, visitor: Visitor<'_>) -> Result<Caller, NotSignedIn> {
        let admin_key = self.variable("admin_key").await.map_err(|_| NotSignedIn::Unchecked)?;
        let admin_key = admin_key.trim();
        if admin_key.is_empty() && !visitor.is_local {
            return Err(NotSignedIn::NotLocal);
        }
        let Some(key) = visitor.key else {
            return if admin_key.is_empty() { Ok(Caller::Local) } else { Err(NotSignedIn::NoKey) };
        };
        if is_same_key(key, admin_key) {
            return Ok(Caller::Operator);
        }
        let given = GivenKey::parse(key).ok_or(NotSignedIn::WrongKey)?;
        let kept = key_record::load(&self.host, given.id()).await?.ok_or(NotSignedIn::WrongKey)?;
        let record = kept.record()?;
        record.admits(&given, self.host.unix_ms()).map_err(|_| NotSignedIn::WrongKey)?;
        Ok(Caller::Client(Box::new(record)))
    }

    /// Counts requests of a key that has a limit, over all instances.
    async fn count(&self, caller: &Caller, requests: u32) -> Result<(), NotSignedIn> {
        let Caller::Client(key) = caller else { return Ok(()) };
        let Some(limit) = key.settings().rate_limit_per_minute() else { return Ok(()) };
        let now_ms = self.host.unix_ms();
        let counted = self.increment(&format!("{RATE_PREFIX}{}/{}", key.id(), now_ms / MINUTE_MS), requests).await?;
        if counted <= i64::from(limit) {
            return Ok(());
        }
        Err(NotSignedIn::TooManyRequests { retry_after_s: (MINUTE_MS - now_ms % MINUTE_MS).div_ceil(1_000) })
    }

    /// Adds to a counter, with backoff where the store refuses.
    async fn increment(&self, key: &str, by: u32) -> Result<i64, StoreError> {
        for backoff_ms in COUNT_BACKOFF_MS {
            if let Ok(counted) = self.host.increment(key, by).await {
                return Ok(counted);
            }
            let jitter_ms = self.host.random() % backoff_ms;
            self.host.sleep(Duration::from_millis(backoff_ms + jitter_ms)).await;
        }
        self.host.increment(key, by).await
    }
}

impl<H: Host> Access<H> {
    /// Counts further requests that came with the first one, as in a batch.
    pub async fn count(&self, requests: u32) -> Result<(), NotSignedIn> {
        self.registry.count(&self.caller, requests).await
    }

    /// Whether the caller is still let in. A request can take long, and its key be revoked or expire meanwhile.
    pub async fn is_admitted(&self) -> Result<(), NotSignedIn> {
        let Caller::Client(key) = &self.caller else { return Ok(()) };
        let host = &self.registry.host;
        let now_ms = host.monotonic_ms();
        if now_ms.saturating_sub(self.admitted.get()) < KEY_COUNTS_MS {
            return Ok(());
        }
        let kept = key_record::load(host, key.id()).await?.ok_or(NotSignedIn::WrongKey)?;
        if kept.record()?.has_expired(host.unix_ms()) {
            return Err(NotSignedIn::WrongKey);
        }
        self.admitted.set(now_ms);
        Ok(())
    }

    /// The same, for calls that fail like those to a server.
    pub(crate) async fn expect_admitted(&self) -> Result<(), Failure> {
        let message = match self.is_admitted().await {
            Ok(()) => return Ok(()),
            Err(NotSignedIn::Unchecked) => "The key cannot be checked, since the store does not answer.",
            Err(_) => "The key of this request was revoked, or has expired, while it was under way.",
        };
        let message = format!("{message} Nothing was sent.");
        Err(Failure { kind: FailureKind::Authorization, message, code: None, data: None })
    }
}

/// Whether a record of the store counts the requests of a minute that is over.
pub(crate) fn is_old_count(key: &str, now_ms: u64) -> bool {
    let minute = key.strip_prefix(RATE_PREFIX).and_then(|rest| rest.rsplit_once('/')?.1.parse::<u64>().ok());
    minute.is_some_and(|minute| minute < now_ms / MINUTE_MS)
}
