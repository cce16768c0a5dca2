use super::memory::part;
use admin_api::{CreatedKey, Listing, Page, Precondition, Refusal, StoredKey};
use client_keys::{KeySettings, NewKey, RANDOM_BYTES};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Keys in memory.
#[derive(Default)]
pub struct MemoryKeys {
    stored: RefCell<BTreeMap<String, StoredKey>>,
}

impl MemoryKeys {
    pub fn list(&self, page: &Page) -> Listing<StoredKey> {
        part(page, self.stored.borrow().clone().into_iter().collect())
    }

    pub fn get(&self, id: &str) -> Result<StoredKey, Refusal> {
        self.stored.borrow().get(id).cloned().ok_or(Refusal::NotFound)
    }

    pub fn create(&self, settings: KeySettings, now_ms: u64) -> Result<CreatedKey, Refusal> {
        let mut random = [7; RANDOM_BYTES];
        random[..8].copy_from_slice(&now_ms.to_le_bytes());
        let key = NewKey::make(settings, now_ms, &random).map_err(|_| Refusal::AlreadyExpired)?;
        let stored = StoredKey { record: key.record().clone(), version: 1 };
        self.stored.borrow_mut().insert(key.record().id().to_string(), stored);
        Ok(CreatedKey { key, version: 1 })
    }

    pub fn put(&self, id: &str, settings: KeySettings, precondition: &Precondition) -> Result<StoredKey, Refusal> {
        let StoredKey { record, version } = self.get(id)?;
        let before = StoredKey { record: record.clone(), version };
        if !precondition.holds(Some(before.revision())) {
            return Err(Refusal::VersionMismatch);
        }
        let stored = StoredKey { record: record.with_settings(settings), version: version + 1 };
        self.stored.borrow_mut().insert(id.to_string(), stored.clone());
        Ok(stored)
    }

    pub fn delete(&self, id: &str, precondition: &Precondition) -> Result<(), Refusal> {
        if !precondition.holds(Some(self.get(id)?.revision())) {
            return Err(Refusal::VersionMismatch);
        }
        self.stored.borrow_mut().remove(id);
        Ok(())
    }
}
