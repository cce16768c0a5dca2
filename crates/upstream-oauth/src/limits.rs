/// How long one waits for an authorization server, and how much of its answers is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds for a connection.
    pub connect_ms: u64,
    /// Milliseconds for one request and its whole answer.
    pub exchange_ms: u64,
    /// Milliseconds for a token, discovery included.
    pub token_ms: u64,
    /// Bytes of one answer.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect_ms: 5_000, exchange_ms: 6_000, token_ms: 10_000, answer_bytes: 256 << 10 }
    }
}

impl Limits {
    /// The same, with nothing above so many milliseconds.
    pub fn within(self, ms: u64) -> Self {
        Self {
            connect_ms: self.connect_ms.min(ms),
            exchange_ms: self.exchange_ms.min(ms),
            token_ms: self.token_ms.min(ms),
            answer_bytes: self.answer_bytes,
        }
    }
}
