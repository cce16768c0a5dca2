//! What clients may take of the host.

use std::time::Duration;

/// Bounds on connections and on what is slow about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionSettings {
    /// Connections that are open at the same time. More wait until one ends.
    pub max_connections: usize,
    /// The head of a request, its target included, in bytes; more is answered with 431 (RFC 6585, section 5).
    pub max_head_bytes: usize,
    /// How long a client may take to send the head of a request, and keep a connection without a request, in
    /// milliseconds. The connection is closed then.
    pub head_timeout_ms: u64,
    /// How long a client may take to send the body of a request that is being read, in milliseconds. The component
    /// that reads it gets an error then.
    pub body_timeout_ms: u64,
    /// How long a client may take nothing of a response that is there, in milliseconds, or (on Linux) acknowledge
    /// nothing of what was sent to it. The connection is closed then.
    pub write_timeout_ms: u64,
    /// How long requests under way may take when the host stops, in milliseconds.
    pub stop_grace_ms: u64,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            max_connections: 512,
            max_head_bytes: 64 << 10,
            head_timeout_ms: 30_000,
            body_timeout_ms: 60_000,
            write_timeout_ms: 60_000,
            stop_grace_ms: 5_000,
        }
    }
}

impl ConnectionSettings {
    pub(super) fn head_timeout(&self) -> Duration {
        Duration::from_millis(self.head_timeout_ms)
    }

    pub(super) fn body_timeout(&self) -> Duration {
        Duration::from_millis(self.body_timeout_ms)
    }

    pub(super) fn write_timeout(&self) -> Duration {
        Duration::from_millis(self.write_timeout_ms)
    }

    pub(super) fn stop_grace(&self) -> Duration {
        Duration::from_millis(self.stop_grace_ms)
    }
}
