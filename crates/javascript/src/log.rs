//! What a script printed.

use crate::step::{LogLevel, LogLine};

/// The log of one run: in order, and bounded.
#[derive(Debug)]
pub(crate) struct Log {
    lines: Vec<LogLine>,
    limit_bytes: u32,
    room_bytes: usize,
    left_out: usize,
    is_full: bool,
}

impl Log {
    /// Bytes whose printing takes about as long as one interpreter step.
    pub(crate) const BYTES_PER_STEP: u64 = 16;

    pub(crate) fn new(limit_bytes: u32) -> Self {
        Self { lines: Vec::new(), limit_bytes, room_bytes: limit_bytes as usize, left_out: 0, is_full: false }
    }

    /// Whether a line was left out already; all after it are, so that what is kept has no gaps.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Counts a line that is not kept.
    pub(crate) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Keeps a line, or as much of it as there is room for.
    pub(crate) fn push(&mut self, level: LogLevel, mut text: String) {
        if text.len() > self.room_bytes {
            self.is_full = true;
            self.left_out += 1;
            let end = (0..=self.room_bytes).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
            if text.is_empty() {
                return;
            }
            text.push('…');
        }
        self.room_bytes = self.room_bytes.saturating_sub(text.len());
        self.lines.push(LogLine { level, text });
    }

    /// The lines since the last time they were taken. The last one says how much was left out since then.
    pub(crate) fn take(&mut self) -> Vec<LogLine> {
        if self.left_out > 0 {
            let lines = if self.left_out == 1 { "1 line was" } else { "lines were" };
            let count = if self.left_out == 1 { String::new() } else { format!("{} ", self.left_out) };
            let text = format!("… {count}{lines} cut or left out: a run may log {} bytes", self.limit_bytes);
            self.lines.push(LogLine { level: LogLevel::Warn, text });
            self.left_out = 0;
        }
        std::mem::take(&mut self.lines)
    }
}
