use super::{Administrator, page_of, unavailable};
use crate::{
    caller::Caller,
    host::Host,
    store::key_record::{self, Kept},
};
use admin_api::{CreatedKey, Listing, Page, Precondition, Refusal, Revision, StoredKey};
use client_keys::{KeyRecord, KeySettings, NewKey, RANDOM_BYTES, Role};
use futures::future::join_all;

/// Keys that may exist.
const MAX_KEYS: usize = 1_000;

const OWN_KEY: &str =
    "A key does not change its own settings. The operator does, or another key with the role \"manage\".";
const LONGER: &str = "A key with the role \"manage\" would manage the gateway for longer than the key of this request, which expires. Give an \"expiresAt\" that is no later.";

impl<H: Host> Administrator<'_, H> {
    pub(super) async fn list_keys(&self, page: &Page) -> Result<Listing<StoredKey>, Refusal> {
        let ids = self.key_ids().await?;
        let wanted = page_of(ids, page, String::clone);
        let kept = join_all(wanted.items.iter().map(|id| self.show_key(id))).await;
        // One that was revoked meanwhile is none any more.
        let items = kept.into_iter().filter(|key| !matches!(key, Err(Refusal::NotFound))).collect::<Result<_, _>>()?;
        Ok(Listing { items, next: wanted.next })
    }

    pub(super) async fn show_key(&self, id: &str) -> Result<StoredKey, Refusal> {
        let kept = key_record::load(self.host(), id).await.map_err(|error| unavailable(&error))?;
        stored(&kept.ok_or(Refusal::NotFound)?)
    }

    pub(super) async fn make_key(&self, settings: KeySettings) -> Result<CreatedKey, Refusal> {
        self.expect_no_longer(&settings)?;
        if self.key_ids().await?.len() >= MAX_KEYS {
            return Err(Refusal::Quota { limit: MAX_KEYS as u64 });
        }
        let mut random = [0; RANDOM_BYTES];
        random
            .chunks_mut(8)
            .for_each(|chunk| chunk.copy_from_slice(&self.host().random().to_be_bytes()[..chunk.len()]));
        let key = NewKey::make(settings, self.host().unix_ms(), &random).map_err(|_| Refusal::AlreadyExpired)?;
        let kept = Kept::new(key.record(), 1).map_err(|error| unavailable(&error))?;
        let created = key_record::create(self.host(), key.record().id(), &kept).await;
        created.map_err(|error| unavailable(&error))?;
        Ok(CreatedKey { key, version: 1 })
    }

    pub(super) async fn change_key(
        &self,
        id: &str,
        settings: &KeySettings,
        precondition: &Precondition,
    ) -> Result<StoredKey, Refusal> {
        if self.own_key().is_some_and(|own| own.id() == id) {
            return Err(Refusal::Forbidden(OWN_KEY));
        }
        self.expect_no_longer(settings)?;
        let kept = key_record::change(self.host(), id, |kept| {
            let known = stored(&kept.ok_or(Refusal::NotFound)?)?;
            check(&known, precondition)?;
            let record = known.record.with_settings(settings.clone());
            Kept::new(&record, known.version + 1).map_err(|error| unavailable(&error))
        })
        .await?;
        stored(&kept)
    }

    pub(super) async fn revoke_key(&self, id: &str, precondition: &Precondition) -> Result<(), Refusal> {
        let removed = key_record::remove(self.host(), id, |kept| {
            let kept = kept.ok_or(Refusal::NotFound)?;
            check(&stored(&kept)?, precondition)?;
            Ok(kept)
        });
        removed.await?;
        self.access.registry.remove_servers_of(id).await;
        self.access.registry.forget_caller(id).await;
        Ok(())
    }

    /// The key of the caller, unless it is the operator.
    fn own_key(&self) -> Option<&KeyRecord> {
        match &self.access.caller {
            Caller::Client(key) => Some(key),
            Caller::Local | Caller::Operator => None,
        }
    }

    /// A key must not manage the gateway for longer than the operator gave it, by way of another key.
    fn expect_no_longer(&self, settings: &KeySettings) -> Result<(), Refusal> {
        let until_ms = self.own_key().and_then(|own| own.settings().expires_at_ms());
        let is_longer = |until_ms| settings.expires_at_ms().is_none_or(|expiry| expiry > until_ms);
        match settings.role() == Role::Manage && until_ms.is_some_and(is_longer) {
            true => Err(Refusal::Forbidden(LONGER)),
            false => Ok(()),
        }
    }

    async fn key_ids(&self) -> Result<Vec<String>, Refusal> {
        let keys = self.host().keys().await.map_err(|error| unavailable(&error))?;
        let mut ids: Vec<String> = keys.iter().filter_map(|key| key_record::id_of(key)).map(str::to_string).collect();
        ids.sort_unstable();
        Ok(ids)
    }
}

fn stored(kept: &Kept) -> Result<StoredKey, Refusal> {
    let record = kept.record().map_err(|error| unavailable(&error))?;
    Ok(StoredKey { record, version: kept.version })
}

fn check(known: &StoredKey, precondition: &Precondition) -> Result<(), Refusal> {
    let revision = Revision { version: known.version, created_at_ms: known.record.created_at_ms() };
    precondition.holds(Some(revision)).then_some(()).ok_or(Refusal::VersionMismatch)
}
