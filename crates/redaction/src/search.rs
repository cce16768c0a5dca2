//! One pass over a text that finds every pattern in every spelling.

use crate::{
    HIDDEN,
    escape::{NoUnit, Unit, is_introducer},
    escape_of_json::{Escapes, Span},
    patterns::{Pattern, Patterns, is_filler},
    spelling::{Reading, Speller, Text, Ways},
};
use std::collections::VecDeque;

/// Beginnings of patterns that are followed at the same time. So many overlap only in what repeats itself.
const MOST_THREADS: usize = 128;

/// Line ends in a row, or bytes of UTF-16 and UTF-32, that may stand within a credential.
const MOST_FILLERS: u8 = 4;

/// A search under way. Places are those of the text that it is given, of which the beginning goes when it is written out.
#[derive(Default)]
pub(crate) struct Search {
    /// How far it has come.
    at: usize,
    threads: Vec<Thread>,
    /// Empty; its memory is used again and again.
    going: Vec<Thread>,
    /// What was found, in order, without overlaps.
    regions: VecDeque<Region>,
    escapes: Escapes,
    speller: Speller,
}

/// A pattern of which a part has been seen.
#[derive(Debug, Clone, Copy)]
struct Thread {
    pattern: Pattern,
    /// Its next byte, among those of all patterns.
    next: u32,
    start: usize,
    /// Where it goes on.
    at: usize,
    fillers: u8,
    /// All of it is spelled alike.
    ways: Ways,
}

/// One credential, or several that overlap.
#[derive(Debug)]
struct Region {
    span: Span,
    is_base64: bool,
    written: Written,
}

/// Bytes of a region that wait for its end.
const WAITING_BYTES: usize = 64 << 10;

/// What of a region is written out.
#[derive(Debug, PartialEq, Eq)]
enum Written {
    Nothing,
    /// What stands in its place.
    Hidden,
    /// As many characters of base64 as have gone.
    Filled(usize),
}

impl Search {
    /// Goes on over a text, of which an earlier call has seen the beginning, as far as what follows cannot change it.
    pub fn run(&mut self, text: Text<'_>, patterns: &Patterns) {
        loop {
            if self.threads.is_empty() {
                self.at = patterns.next_start(text.bytes, self.at);
            }
            if self.at >= text.bytes.len() {
                if text.is_whole {
                    self.threads.clear();
                }
                return;
            }
            if self.note_escape(text).is_err() {
                return;
            }
            let byte = text.bytes[self.at];
            if stands_for_itself(byte) {
                self.follow_byte(byte, patterns);
                self.begin(&[Reading::of(byte)], patterns);
                self.at += 1;
                continue;
            }
            let readings = self.speller.readings(text, self.at);
            if readings.is_unfinished {
                return;
            }
            self.follow(readings.all(), patterns);
            self.begin(readings.all(), patterns);
            self.at += 1;
        }
    }

    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.regions.is_empty()
    }

    /// Up to where the text cannot be part of anything that is not found yet.
    pub fn settled(&self) -> usize {
        let start = self.threads.iter().map(|thread| thread.start).fold(self.at, usize::min);
        let settled = self.escapes.begin(start);
        match self.regions.iter().find(|region| region.span.holds(settled)) {
            // It may become longer, and something else then.
            Some(region) if region.waits() => region.span.start,
            _ => settled,
        }
    }

    /// Writes the text up to a place, without what was found. The rest is the text of the next run.
    pub fn write(&mut self, text: &[u8], end: usize, written: &mut Vec<u8>) {
        let mut from = 0;
        while let Some(region) = self.regions.front_mut().filter(|region| region.span.start < end) {
            written.extend_from_slice(&text[from..region.span.start.max(from)]);
            from = region.span.end.min(end);
            region.write(&text[region.span.start..from], written);
            if region.span.end > end {
                break;
            }
            self.regions.pop_front();
        }
        written.extend_from_slice(&text[from..end]);
        self.forget(end);
    }

    /// The text begins so much later.
    pub fn forget(&mut self, length: usize) {
        self.at -= length;
        self.threads.iter_mut().for_each(|thread| {
            thread.start -= length;
            thread.at -= length;
        });
        self.regions.iter_mut().for_each(|region| region.span = region.span.behind(length));
        self.escapes.forget(length);
        self.speller.forget();
    }

    /// Begins anew where the text begins, for other patterns. What has been found and is written out in part stays.
    pub fn restart(&mut self) {
        self.at = 0;
        self.threads.clear();
        self.regions.retain(|region| region.written != Written::Nothing);
        self.escapes = Escapes::default();
    }

    /// Takes note of an escape of JSON: what is left of a text must not hold a part of one.
    fn note_escape(&mut self, text: Text<'_>) -> Result<(), NoUnit> {
        self.escapes.note(text, self.at)?;
        if let Some(region) = self.regions.back_mut() {
            region.span.end = self.escapes.end(region.span.end);
        }
        Ok(())
    }

    /// Takes the threads that go on here further.
    fn follow(&mut self, readings: &[Reading], patterns: &Patterns) {
        let at = self.at;
        if !self.threads.iter().any(|thread| thread.at == at) {
            return;
        }
        // Only what is read in several ways comes together again.
        let meets = readings.len() > 1 || self.threads.iter().any(|thread| thread.at != at);
        let mut going = std::mem::take(&mut self.going);
        going.extend(self.threads.extract_if(.., |thread| thread.at == at));
        for thread in going.drain(..) {
            for reading in readings {
                let ways = thread.ways & reading.ways;
                if reading.unit.single().is_some_and(is_filler) && thread.fillers < MOST_FILLERS && ways != 0 {
                    let at = at + usize::from(reading.unit.length);
                    self.push(Thread { at, fillers: thread.fillers + 1, ways, ..thread }, meets);
                }
                self.step(Thread { fillers: 0, ways, ..thread }, reading.unit, patterns, meets);
            }
        }
        self.going = going;
    }

    /// The same where a byte stands for itself and nothing else.
    fn follow_byte(&mut self, byte: u8, patterns: &Patterns) {
        let (here, mut ended) = (self.at, std::mem::take(&mut self.going));
        self.threads.retain_mut(|thread| {
            if thread.at != here {
                return true;
            }
            if patterns.bytes()[thread.next as usize] != byte {
                return false;
            }
            thread.next += 1;
            thread.at += 1;
            thread.fillers = 0;
            let is_whole = thread.next == thread.pattern.end;
            if is_whole {
                ended.push(*thread);
            }
            !is_whole
        });
        for thread in ended.drain(..) {
            self.found(Span { start: thread.start, end: thread.at }, thread.pattern.is_base64);
        }
        self.going = ended;
    }

    /// Begins with every pattern that may begin here.
    fn begin(&mut self, readings: &[Reading], patterns: &Patterns) {
        let start = self.escapes.begin(self.at);
        for Reading { unit, ways } in readings {
            for pattern in patterns.starting_with(unit.bytes()[0]) {
                let thread =
                    Thread { pattern: *pattern, next: pattern.start, start, at: self.at, fillers: 0, ways: *ways };
                self.step(thread, *unit, patterns, readings.len() > 1);
            }
        }
    }

    fn step(&mut self, thread: Thread, unit: Unit, patterns: &Patterns, meets: bool) {
        let rest = &patterns.bytes()[thread.next as usize..thread.pattern.end as usize];
        if thread.ways == 0 || !rest.starts_with(unit.bytes()) {
            return;
        }
        let at = self.at + usize::from(unit.length);
        if rest.len() == unit.bytes().len() {
            self.found(Span { start: thread.start, end: at }, thread.pattern.is_base64);
        } else {
            self.push(Thread { next: thread.next + unit.bytes().len() as u32, at, ..thread }, meets);
        }
    }

    /// Adds a thread, or where it may meet another one that has come as far, takes them for one.
    fn push(&mut self, thread: Thread, meets: bool) {
        let same = |other: &&mut Thread| {
            let key = |thread: &Thread| (thread.next, thread.at, thread.fillers, thread.ways);
            key(other) == key(&thread)
        };
        if let Some(known) = meets.then(|| self.threads.iter_mut().find(same)).flatten() {
            // What is spelled by less is meant: a backslash before it is its own.
            known.start = known.start.max(thread.start);
        } else if self.threads.len() < MOST_THREADS {
            self.threads.push(thread);
        }
    }

    fn found(&mut self, mut span: Span, mut is_base64: bool) {
        span.end = self.escapes.end(span.end);
        let mut written = Written::Nothing;
        while let Some(last) = self.regions.pop_back_if(|last| last.span.end > span.start) {
            span = Span { start: span.start.min(last.span.start), end: span.end.max(last.span.end) };
            is_base64 &= last.is_base64;
            written = last.written;
        }
        self.regions.push_back(Region { span, is_base64, written });
    }
}

impl Region {
    fn waits(&self) -> bool {
        self.written == Written::Nothing && self.span.end - self.span.start <= WAITING_BYTES
    }

    /// Writes what stands in the place of the next part of it. Base64 stays base64 of the same length, so that what is
    /// around the credential can still be read.
    fn write(&mut self, gone: &[u8], written: &mut Vec<u8>) {
        const FILLING: &[u8; 8] = b"REDACTED";
        let is_of_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
        if self.written == Written::Nothing {
            self.written = match self.is_base64 && gone.iter().all(is_of_base64) {
                true => Written::Filled(0),
                false => {
                    written.extend_from_slice(HIDDEN.as_bytes());
                    Written::Hidden
                }
            };
        }
        if let Written::Filled(count) = &mut self.written {
            written.extend(FILLING.iter().cycle().skip(*count % FILLING.len()).take(gone.len()));
            *count += gone.len();
        }
    }
}

fn stands_for_itself(byte: u8) -> bool {
    !is_introducer(byte) && !is_filler(byte) && byte != b'+'
}
