//! From QuickJS's text of a stack to frames in the agent's own code.

use std::fmt::Write;

use crate::program::FailureLimits;
use crate::source::{FILE, Source, TOP_LEVEL};
use crate::step::Position;

/// The frames of the agent's own code.
#[derive(Debug, Default)]
pub(crate) struct StackTrace {
    /// Where the innermost frame is.
    pub(crate) position: Option<Position>,
    /// One line for each frame, innermost first.
    pub(crate) text: String,
}

/// How many frames are kept.
const FRAMES: usize = 16;

impl StackTrace {
    /// Keeps what lies in the agent's code of a stack such as
    /// `    at name (script:3:5)` or, for a syntax error, `    at script:3:5`.
    pub(crate) fn of(recorded: &str, source: &Source, limits: FailureLimits) -> Self {
        let mut trace = Self::default();
        for (name, position) in frames(recorded, source) {
            trace.position.get_or_insert(position);
            // Writing to a String cannot fail.
            let _ = match name {
                "" | TOP_LEVEL => writeln!(trace.text, "at {position}"),
                name => writeln!(trace.text, "at {} ({position})", limits.name(name)),
            };
        }
        trace.text.truncate(trace.text.trim_end().len());
        trace
    }

    /// Where the innermost frame of a stack is.
    pub(crate) fn position_in(recorded: &str, source: &Source) -> Option<Position> {
        frames(recorded, source).next().map(|(_, position)| position)
    }
}

fn frames<'a>(recorded: &'a str, source: &'a Source) -> impl Iterator<Item = (&'a str, Position)> {
    recorded.lines().take(FRAMES).filter_map(|line| frame(line, source))
}

fn frame<'a>(line: &'a str, source: &Source) -> Option<(&'a str, Position)> {
    let line = line.trim_start().strip_prefix("at ")?;
    let (name, place) = match line.strip_suffix(')') {
        Some(line) => line.rsplit_once(" (")?,
        None => ("", line),
    };
    let mut numbers = place.strip_prefix(FILE)?.strip_prefix(':')?.split(':');
    let (line, column) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    source.position(line, column).map(|position| (name, position))
}
