//! That a server of the modern era refuses `initialize`: kept with its connection, and found out by the gateway itself,
//! since the refusal of what a client has sent may be about that client's message.

use super::Upstream;
use crate::host::Host;
use mcp_client::Connection;

/// For how long it counts, in milliseconds; the server may have learned the legacy era by then.
const COUNTS_MS: u64 = 3_600_000;

impl<H: Host> Upstream<H> {
    /// Whether it refuses `initialize`, as far as is known. It is asked again where that was found out long ago.
    pub async fn refuses_initialize(&self) -> bool {
        self.restore().await;
        let connection = self.client.connection();
        let Some(refused_ms) = connection.and_then(|connection| connection.initialize_refused_unix_ms) else {
            return false;
        };
        self.host.unix_ms().saturating_sub(refused_ms) < COUNTS_MS || self.find_whether_it_refuses_initialize().await
    }

    /// Asks whether it refuses an `initialize` that is as it should be, and remembers that it does. One that does not
    /// answer does not refuse.
    pub async fn find_whether_it_refuses_initialize(&self) -> bool {
        let refuses = matches!(self.client.takes_initialize().await, Ok(false));
        if let Some(connection) = self.client.connection() {
            let initialize_refused_unix_ms = refuses.then(|| self.host.unix_ms());
            self.client.restore(Connection { initialize_refused_unix_ms, ..(*connection).clone() });
            self.save_connection().await;
        }
        refuses
    }
}
