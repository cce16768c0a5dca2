/// How much the client reads before it refuses, per answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one JSON answer, or of one SSE event.
    pub answer_bytes: usize,
    /// Bytes of a whole SSE stream, notifications included.
    pub stream_bytes: usize,
    /// Pages of one tool list.
    pub pages: usize,
    /// Tools of one server.
    pub tools: usize,
    /// Bytes of one tool list, all pages together.
    pub catalog_bytes: usize,
    /// How often a legacy stream that broke off is taken up again.
    pub resumptions: u32,
    /// Requests of a legacy server (`ping` and others) within one answer: each of them gets a POST.
    pub server_requests: usize,
    /// Such POSTs that are under way at the same time; the others wait for them.
    pub replies_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer_bytes: 4 << 20,
            stream_bytes: 32 << 20,
            pages: 100,
            tools: 5_000,
            catalog_bytes: 16 << 20,
            resumptions: 8,
            server_requests: 128,
            replies_at_once: 4,
        }
    }
}

/// Bytes of an event's id with which a stream can be taken up again: it is sent in a header.
pub(crate) const LAST_EVENT_ID_BYTES: usize = 4 << 10;

/// Bytes read of a body that is only shown in an error.
pub(crate) const ERROR_BODY_BYTES: usize = 64 << 10;
/// Milliseconds spent on reading it.
pub(crate) const ERROR_BODY_MS: u64 = 2_000;
/// Bytes of what a server says in an error: its message, a header, a method.
pub(crate) const ERROR_TEXT_BYTES: usize = 4 << 10;
/// Bytes of the `data` of a JSON-RPC error.
pub(crate) const ERROR_DATA_BYTES: usize = 256 << 10;
/// Bytes of the name of a tool that is left out of a list.
pub(crate) const ERROR_NAME_BYTES: usize = 256;
