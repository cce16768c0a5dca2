use crate::clock::Clock;
use futures::future::{Either, select};
use std::{fmt, future::Future, pin::pin, time::Duration};

/// How long the client waits, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For a connection.
    pub connect_ms: u64,
    /// From sending a request to the headers of its response.
    pub first_byte_ms: u64,
    /// For finding out the era and initializing.
    pub handshake_ms: u64,
    /// For a tool call, handshake and retries included.
    pub call_ms: u64,
    /// For a whole tool list, handshake included.
    pub catalog_ms: u64,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect_ms: 5_000, first_byte_ms: 25_000, handshake_ms: 10_000, call_ms: 25_000, catalog_ms: 15_000 }
    }
}

impl Deadlines {
    /// What no deadline may exceed.
    pub const MAXIMA: Self =
        Self { connect_ms: 30_000, first_byte_ms: 120_000, handshake_ms: 60_000, call_ms: 120_000, catalog_ms: 60_000 };

    /// The defaults for a server whose calls may take `call_ms`: nothing else may take longer than a call.
    pub fn for_calls_of(call_ms: u64) -> Self {
        let defaults = Self::default();
        Self {
            connect_ms: defaults.connect_ms.min(call_ms),
            first_byte_ms: call_ms,
            handshake_ms: defaults.handshake_ms.min(call_ms),
            call_ms,
            catalog_ms: defaults.catalog_ms.min(call_ms),
        }
        .bounded()
    }

    /// The same with none above its maximum and none at zero.
    pub fn bounded(self) -> Self {
        let bound = |value: u64, maximum: u64| value.clamp(1, maximum);
        Self {
            connect_ms: bound(self.connect_ms, Self::MAXIMA.connect_ms),
            first_byte_ms: bound(self.first_byte_ms, Self::MAXIMA.first_byte_ms),
            handshake_ms: bound(self.handshake_ms, Self::MAXIMA.handshake_ms),
            call_ms: bound(self.call_ms, Self::MAXIMA.call_ms),
            catalog_ms: bound(self.catalog_ms, Self::MAXIMA.catalog_ms),
        }
    }

    pub(crate) fn of(&self, deadline: Deadline) -> u64 {
        match deadline {
            Deadline::Connect => self.connect_ms,
            Deadline::FirstByte => self.first_byte_ms,
            Deadline::Handshake => self.handshake_ms,
            Deadline::Call => self.call_ms,
            Deadline::Catalog => self.catalog_ms,
        }
    }
}

/// Which deadline passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    Connect,
    FirstByte,
    Handshake,
    Call,
    Catalog,
}

/// What did not come in time.
impl fmt::Display for Deadline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "no connection",
            Self::FirstByte => "no response",
            Self::Handshake => "no handshake",
            Self::Call => "no result of the call",
            Self::Catalog => "no complete tool list",
        })
    }
}

/// Runs a future for at most `limit_ms`; `None`: the time was over, and the future was dropped.
pub async fn within<F: Future>(clock: &impl Clock, limit_ms: u64, future: F) -> Option<F::Output> {
    let future = pin!(future);
    let timer = pin!(clock.sleep(Duration::from_millis(limit_ms)));
    match select(future, timer).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
