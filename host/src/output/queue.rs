//! Bytes that wait for their reader.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Bytes that wait at the most, beside those that are being written.
const MAX_WAITING_BYTES: usize = 1 << 20;

/// Room beside these for lines that tell how much was left out.
const RESERVED_BYTES: usize = 4 << 10;

/// How long to wait where a full pipe is reported and not waited for: another program may have made it non-blocking.
const RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// A queue between those who print and the thread that writes.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    waiting: Vec<u8>,
    is_writing: bool,
    lost_bytes: usize,
}

impl Queue {
    pub const fn new() -> Self {
        let state = State { waiting: Vec::new(), is_writing: false, lost_bytes: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Adds bytes, all of them or none.
    pub fn push(&self, bytes: &[u8]) {
        self.push_within(MAX_WAITING_BYTES, bytes);
    }

    /// Adds a line about what was left out.
    pub fn push_notice(&self, line: &[u8]) {
        self.push_within(MAX_WAITING_BYTES + RESERVED_BYTES, line);
    }

    fn push_within(&self, limit_bytes: usize, bytes: &[u8]) {
        let mut state = self.lock();
        if state.waiting.len() + bytes.len() > limit_bytes {
            state.lost_bytes += bytes.len();
        } else {
            state.waiting.extend_from_slice(bytes);
            self.changed.notify_all();
        }
    }

    /// Writes what comes, for ever, and tells `lose` how many bytes were left out. What cannot be written is forgotten.
    pub fn write_to(&self, mut sink: impl Write, lose: impl Fn(usize)) {
        loop {
            let bytes = self.take();
            // Nothing is left to tell it to.
            let _ = write(&mut sink, &bytes);
            let lost_bytes = std::mem::take(&mut self.lock().lost_bytes);
            if lost_bytes > 0 {
                lose(lost_bytes);
            }
            self.lock().is_writing = false;
            self.changed.notify_all();
        }
    }

    /// Waits until all is written, or until `end`.
    pub fn flush(&self, end: Instant) {
        let remaining = end.saturating_duration_since(Instant::now());
        let is_busy = |state: &mut State| state.is_writing || !state.waiting.is_empty();
        let _ = self.changed.wait_timeout_while(self.lock(), remaining, is_busy);
    }

    fn take(&self) -> Vec<u8> {
        let is_idle = |state: &mut State| state.waiting.is_empty();
        let mut state = self.changed.wait_while(self.lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        state.is_writing = true;
        std::mem::take(&mut state.waiting)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(sink: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match sink.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => sleep(RETRY_INTERVAL),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    sink.flush()
}
