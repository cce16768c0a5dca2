use crate::Call;

/// What the calls of a row come to. Sums that would be too large stay at the largest number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls.
    pub calls: u64,
    /// Those whose outcome was neither [`Outcome::Ok`](crate::Outcome::Ok) nor [`OwnAnswer`](crate::Outcome::OwnAnswer).
    pub failures: u64,
    /// How long they took together.
    pub duration_ms: u64,
    /// How long the longest took.
    pub longest_ms: u64,
    /// Bytes sent to the server.
    pub sent_bytes: u64,
    /// Bytes received from the server.
    pub received_bytes: u64,
}

impl Counts {
    pub(crate) fn of(call: &Call<'_>) -> Self {
        Self {
            calls: 1,
            failures: u64::from(call.outcome.is_failure()),
            duration_ms: call.duration_ms,
            longest_ms: call.duration_ms,
            sent_bytes: call.sent_bytes,
            received_bytes: call.received_bytes,
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.failures = self.failures.saturating_add(other.failures);
        self.duration_ms = self.duration_ms.saturating_add(other.duration_ms);
        self.longest_ms = self.longest_ms.max(other.longest_ms);
        self.sent_bytes = self.sent_bytes.saturating_add(other.sent_bytes);
        self.received_bytes = self.received_bytes.saturating_add(other.received_bytes);
    }
}
