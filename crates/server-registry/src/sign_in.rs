use crate::{
    access::Access,
    caller::{Caller, Purpose},
    failure::Failure,
    host::{Host, StoreError},
    registry::Registry,
    snapshot::store_failure,
    store::key_record,
};
use client_keys::{GivenKey, is_same_key};
use futures::future::join;
use std::rc::Rc;

const MINUTE_MS: u64 = 60_000;

/// Where the requests of a minute are counted: `rate/<key>/<minute since 1970>`.
const RATE_PREFIX: &str = "rate/";

/// Who is at the door.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// What was shown as `Authorization: Bearer`.
    pub key: Option<&'a str>,
    /// Whether `Host`, and `Origin` where there is one, are names of this machine.
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
    /// The configuration or the store cannot be used.
    Failed(Failure),
}

impl From<Failure> for NotSignedIn {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StoreError> for NotSignedIn {
    fn from(error: StoreError) -> Self {
        Self::Failed(store_failure(&error))
    }
}

impl<H: Host> Registry<H> {
    /// Lets a visitor in, for one request.
    pub async fn sign_in(self: &Rc<Self>, visitor: Visitor<'_>, purpose: Purpose) -> Result<Access<H>, NotSignedIn> {
        let (caller, snapshot) = join(self.caller(visitor), self.snapshot()).await;
        let caller = caller?;
        self.count(&caller).await?;
        Ok(Access::new(self.clone(), caller, purpose, snapshot?))
    }

    async fn caller(&self, visitor: Visitor<'_>) -> Result<Caller, NotSignedIn> {
        let admin_key = self.variable("admin_key").await?;
        if admin_key.is_empty() && !visitor.is_local {
            return Err(NotSignedIn::NotLocal);
        }
        let Some(key) = visitor.key else {
            return if admin_key.is_empty() { Ok(Caller::Local) } else { Err(NotSignedIn::NoKey) };
        };
        if is_same_key(key, &admin_key) {
            return Ok(Caller::Operator);
        }
        let given = GivenKey::parse(key).ok_or(NotSignedIn::WrongKey)?;
        let kept = key_record::load(&self.host, given.id()).await?.ok_or(NotSignedIn::WrongKey)?;
        let record = kept.record()?;
        record.admits(&given, self.host.unix_ms()).map_err(|_| NotSignedIn::WrongKey)?;
        Ok(Caller::Client(Box::new(record)))
    }

    /// Counts a request of a key that has a limit, over all instances.
    async fn count(&self, caller: &Caller) -> Result<(), NotSignedIn> {
        let Caller::Client(key) = caller else { return Ok(()) };
        let Some(limit) = key.settings().rate_limit_per_minute() else { return Ok(()) };
        let now_ms = self.host.unix_ms();
        let counted = self.host.increment(&format!("{RATE_PREFIX}{}/{}", key.id(), now_ms / MINUTE_MS)).await?;
        if counted <= i64::from(limit) {
            return Ok(());
        }
        Err(NotSignedIn::TooManyRequests { retry_after_s: (MINUTE_MS - now_ms % MINUTE_MS).div_ceil(1_000) })
    }
}

/// Whether a record of the store counts the requests of a minute that is over.
pub(crate) fn is_old_count(key: &str, now_ms: u64) -> bool {
    let minute = key.strip_prefix(RATE_PREFIX).and_then(|rest| rest.rsplit_once('/')?.1.parse::<u64>().ok());
    minute.is_some_and(|minute| minute < now_ms / MINUTE_MS)
}
