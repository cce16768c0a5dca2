//! Time, chance and variables, from WASI and Spin.

use mcp_client::Clock;
use server_registry::Host;
use spin_sdk::variables;
use std::{io::Write, time::Duration};
use wasip3::{
    clocks::{monotonic_clock, system_clock},
    random::random,
};

const NANOSECONDS_PER_MS: u64 = 1_000_000;

/// The host that this component runs on.
#[derive(Clone, Copy)]
pub struct WasiHost;

impl Clock for WasiHost {
    fn monotonic_ms(&self) -> u64 {
        monotonic_clock::now() / NANOSECONDS_PER_MS
    }

    async fn sleep(&self, duration: Duration) {
        monotonic_clock::wait_for(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)).await;
    }
}

impl Host for WasiHost {
    fn unix_ms(&self) -> u64 {
        let now = system_clock::now();
        let seconds = u64::try_from(now.seconds).unwrap_or_default();
        seconds * 1_000 + u64::from(now.nanoseconds) / NANOSECONDS_PER_MS
    }

    fn random(&self) -> u64 {
        random::get_random_u64()
    }

    async fn variable(&self, name: &str) -> Result<Option<String>, String> {
        match variables::get(name).await {
            Ok(value) => Ok(Some(value)),
            Err(variables::Error::Undefined(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    // Whoever reads these lines may be gone; that must end no request.
    fn print(&self, line: &str) {
        let _unread = writeln!(std::io::stdout(), "{line}");
    }

    fn warn(&self, line: &str) {
        let _unread = writeln!(std::io::stderr(), "registry: {line}");
    }
}
