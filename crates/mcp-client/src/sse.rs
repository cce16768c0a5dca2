//! Server-sent events (HTML Standard, section 9.2): bytes in, events out.

use memchr::memchr2;

/// One dispatched event. Its data may be empty: MCP servers prime a stream that way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The event's type; `message` when the server named none.
    pub name: String,
    /// The `data` lines, joined by line feeds.
    pub data: String,
}

/// Reads a stream of events from chunks that may be split anywhere.
#[derive(Debug)]
pub struct Parser {
    max_event_bytes: usize,
    line: Vec<u8>,
    first_line: bool,
    after_carriage_return: bool,
    name: String,
    data: String,
    pending_id: Option<String>,
    last_event_id: Option<String>,
    retry_ms: Option<u64>,
}

/// An event or a line is larger than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event has more than {limit_bytes} bytes")]
pub struct TooLarge {
    pub limit_bytes: usize,
}

impl Parser {
    /// A parser that refuses events of more than `max_event_bytes`.
    pub fn new(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            line: Vec::new(),
            first_line: true,
            after_carriage_return: false,
            name: String::new(),
            data: String::new(),
            pending_id: None,
            last_event_id: None,
            retry_ms: None,
        }
    }

    /// The id that a reconnection sends as `Last-Event-ID`.
    pub fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    /// The delay before a reconnection, when the server gave one.
    pub fn retry_ms(&self) -> Option<u64> {
        self.retry_ms
    }

    /// Prepares for the stream of a reconnection: an unfinished event is discarded, the last id stays.
    pub fn reconnect(&mut self) {
        *self = Self {
            last_event_id: self.last_event_id.take(),
            retry_ms: self.retry_ms,
            ..Self::new(self.max_event_bytes)
        };
    }

    /// Takes the next bytes and appends the events that they complete.
    pub fn push(&mut self, mut chunk: &[u8], events: &mut Vec<Event>) -> Result<(), TooLarge> {
        while !chunk.is_empty() {
            if std::mem::take(&mut self.after_carriage_return) && chunk[0] == b'\n' {
                chunk = &chunk[1..];
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', chunk) else {
                return self.buffer(chunk);
            };
            self.buffer(&chunk[..end])?;
            self.after_carriage_return = chunk[end] == b'\r';
            chunk = &chunk[end + 1..];
            let line = std::mem::take(&mut self.line);
            self.end_line(&line, events);
            // The allocation is used again.
            self.line = line;
            self.line.clear();
        }
        Ok(())
    }

    fn buffer(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        let id_bytes = self.pending_id.as_ref().map_or(0, String::len);
        if self.line.len() + self.data.len() + self.name.len() + id_bytes + bytes.len() > self.max_event_bytes {
            return Err(TooLarge { limit_bytes: self.max_event_bytes });
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self, line: &[u8], events: &mut Vec<Event>) {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        let line = match std::mem::take(&mut self.first_line) {
            true => line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line),
            false => line,
        };
        if line.is_empty() {
            return self.dispatch(events);
        }
        let (field, value) = match memchr::memchr(b':', line) {
            Some(0) => return,
            Some(colon) => {
                let value = &line[colon + 1..];
                (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        match field {
            b"data" => {
                self.data.push_str(&String::from_utf8_lossy(value));
                self.data.push('\n');
            }
            b"event" => self.name = String::from_utf8_lossy(value).into_owned(),
            b"id" if !value.contains(&0) => self.pending_id = Some(String::from_utf8_lossy(value).into_owned()),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.retry_ms = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok());
            }
            _ => {}
        }
    }

    fn dispatch(&mut self, events: &mut Vec<Event>) {
        if let Some(id) = self.pending_id.take() {
            // An empty id resets it.
            self.last_event_id = (!id.is_empty()).then_some(id);
        }
        let name = std::mem::take(&mut self.name);
        let mut data = std::mem::take(&mut self.data);
        if data.pop().is_some() {
            events.push(Event { name: if name.is_empty() { "message".to_string() } else { name }, data });
        }
    }
}
