//! Cancellations by message that reach another instance than the request (MCP 2025-11-25, "Cancellation"). They wait in
//! the store, as `cancelled/<minute since 1970>/<digest of caller and request>`, for the instance that serves it.

use crate::{access::Access, fingerprint, host::Host, registry::Registry};

const MINUTE_MS: u64 = 60_000;
const PREFIX: &str = "cancelled/";

impl<H: Host> Registry<H> {
    /// Leaves a cancellation for whichever instance serves the request. `request` tells it from all others, its caller's
    /// name included. A store that fails loses it, which the log says: a cancellation promises nothing.
    pub(crate) async fn post_cancellation(&self, request: &[&str]) {
        let minute = self.host.unix_ms() / MINUTE_MS;
        if let Err(error) = self.host.set(&key(minute, request), b"1".to_vec()).await {
            self.host.warn(&format!("cannot pass a cancellation on: {error}"));
        }
    }

    /// Whether a cancellation waits for the request, from this minute or the one before. Takes it away.
    pub(crate) async fn take_cancellation(&self, request: &[&str]) -> bool {
        let minute = self.host.unix_ms() / MINUTE_MS;
        for minute in [minute, minute.saturating_sub(1)] {
            let key = key(minute, request);
            if matches!(self.host.get(&key).await, Ok(Some(_))) {
                // What stays is swept later.
                let _ = self.host.delete(&key).await;
                return true;
            }
        }
        false
    }
}

impl<H: Host> Access<H> {
    /// Ends a request of this caller that another instance serves. `request` is any text that names it.
    pub async fn cancel_elsewhere(&self, request: &str) {
        self.registry.post_cancellation(&[self.caller.id(), request]).await;
    }

    /// Whether a request of this caller was cancelled at another instance.
    pub async fn is_cancelled_elsewhere(&self, request: &str) -> bool {
        self.registry.take_cancellation(&[self.caller.id(), request]).await
    }
}

fn key(minute: u64, request: &[&str]) -> String {
    let request = serde_json::to_vec(request).expect("a list of texts is JSON");
    format!("{PREFIX}{minute}/{}", fingerprint::of_text(&request))
}

/// Whether a record of the store is a cancellation that nobody looks for any more.
pub(crate) fn is_old_cancellation(key: &str, now_ms: u64) -> bool {
    let minute = key.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')?.0.parse::<u64>().ok());
    minute.is_some_and(|minute| minute + 1 < now_ms / MINUTE_MS)
}
