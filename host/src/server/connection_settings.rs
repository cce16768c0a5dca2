//! What clients may take of the host.

use super::admission::AdmissionLimits;
use super::connection_table::ConnectionLimits;
use std::time::Duration;

/// Of `max_connections`, this part has no request under way, so that there is always one that can be closed for a new
/// one; requests for the gateway's health take half of it.
const RESERVED_PART: usize = 8;

/// Bounds on connections and on what is slow about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionSettings {
    /// Connections that are open at the same time. For a new one, one that waits for a request is closed. An eighth of
    /// them has none under way; requests beyond it are answered with 503.
    pub max_connections: usize,
    /// Of the connections, those that have not sent a request yet, in percent. For a new one, another is closed.
    pub new_share_percent: usize,
    /// Of the requests under way, those of one caller (one key, or one address without a key), in percent. More are
    /// answered with 429.
    pub caller_share_percent: usize,
    /// Of the requests under way, those from one address, whatever key they show, in percent. More are answered with 429.
    pub address_share_percent: usize,
    /// The head of a request, its target included, in bytes; more is answered with 431 (RFC 6585, section 5).
    pub max_head_bytes: usize,
    /// How long a client may take to send the head of its first request, in milliseconds. The connection is closed then.
    pub first_head_timeout_ms: u64,
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
            new_share_percent: 25,
            caller_share_percent: 50,
            address_share_percent: 75,
            max_head_bytes: 64 << 10,
            first_head_timeout_ms: 10_000,
            head_timeout_ms: 30_000,
            body_timeout_ms: 60_000,
            write_timeout_ms: 60_000,
            stop_grace_ms: 5_000,
        }
    }
}

impl ConnectionSettings {
    pub(super) fn connection_limits(&self) -> ConnectionLimits {
        ConnectionLimits { total: self.max_connections, new: share(self.max_connections, self.new_share_percent) }
    }

    pub(super) fn admission_limits(&self) -> AdmissionLimits {
        let total = self.max_connections.saturating_sub(self.reserved()).max(1);
        AdmissionLimits {
            total,
            per_caller: share(total, self.caller_share_percent),
            per_peer: share(total, self.address_share_percent),
        }
    }

    /// Requests for the gateway's health at the same time.
    pub(super) fn max_health_checks(&self) -> usize {
        (self.reserved() / 2).max(1)
    }

    fn reserved(&self) -> usize {
        (self.max_connections / RESERVED_PART).max(1)
    }

    pub(super) fn first_head_timeout(&self) -> Duration {
        Duration::from_millis(self.first_head_timeout_ms)
    }

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

/// So many percent, and at least one.
pub(super) fn share(total: usize, percent: usize) -> usize {
    (total.saturating_mul(percent) / 100).max(1)
}
