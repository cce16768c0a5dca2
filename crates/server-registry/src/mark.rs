use crate::{host::Host, records};

/// A counter in the store by which one of all instances does something, while the others wait for what comes of it.
pub(crate) struct Mark<H> {
    host: H,
    key: String,
    /// What is decided by it, for the operator.
    purpose: String,
}

impl<H: Host> Mark<H> {
    pub fn new(host: &H, key: String, purpose: String) -> Self {
        Self { host: host.clone(), key, purpose }
    }

    /// Whether somebody has it.
    pub async fn is_taken(&self) -> bool {
        records::load(&self.host, &self.key).await.is_some()
    }

    /// Takes it; whether nobody else had it. A store that cannot tell must not keep from being done what is to be done.
    pub async fn take(&self) -> bool {
        match self.host.increment(&self.key, 1).await {
            Ok(number) => number <= 1,
            Err(error) => {
                self.host.warn(&format!("cannot tell {}: {error}", self.purpose));
                true
            }
        }
    }

    /// Lets others take it.
    pub async fn remove(&self) {
        records::remove(&self.host, &self.key).await;
    }
}
