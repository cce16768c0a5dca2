//! Whether a caller may still use a server whose answer is under way.

use crate::{
    access::Access,
    caller::{Caller, Purpose},
    host::Host,
    registry::Registry,
    store::key_record,
};
use std::{rc::Rc, time::Duration};

/// How often it is looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(3);

impl<H: Host + 'static> Access<H> {
    /// Ends when the caller may use the server no more: its key was revoked, has expired or is for other servers now, or
    /// the server is gone or off. Never where no key is needed.
    pub(super) fn taken_away(&self, alias: &str) -> Option<impl Future<Output = ()> + use<H>> {
        if matches!(self.caller, Caller::Local) {
            return None;
        }
        let (registry, caller) = (self.registry.clone(), self.caller.clone());
        let (purpose, alias) = (self.purpose, alias.to_string());
        Some(async move {
            loop {
                registry.host.sleep(LOOKED_AT_EVERY).await;
                // A store that fails takes nothing away.
                if let Some(false) = may_use(&registry, &caller, purpose, &alias).await {
                    return;
                }
            }
        })
    }
}

/// Whether a caller may use a server now; `None` when that cannot be said.
async fn may_use<H: Host>(registry: &Rc<Registry<H>>, caller: &Caller, purpose: Purpose, alias: &str) -> Option<bool> {
    let caller = match caller {
        Caller::Client(key) => match key_record::load(&registry.host, key.id()).await.ok()? {
            Some(kept) => Caller::Client(Box::new(kept.record().ok()?)),
            None => return Some(false),
        },
        other => other.clone(),
    };
    if let Caller::Client(key) = &caller
        && key.has_expired(registry.host.unix_ms())
    {
        return Some(false);
    }
    let now = Access::new(registry.clone(), caller, purpose, registry.snapshot().await.ok()?);
    Some(now.find(alias).is_some())
}
