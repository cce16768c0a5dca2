//! Values that cross the border of a session.

use rquickjs::{Ctx, Error, Value};

use super::nesting::nests_deeper_than;
use super::write::{Flavour, Refusal, Writer};
use crate::engine::interrupt;
use crate::run::Run;
use crate::step::FailureKind;

/// How deep arrays and objects may nest in values that cross the border of a session: what most JSON
/// parsers outside accept.
pub(crate) const BORDER_NESTING: usize = 120;

/// Why a text did not become a value.
pub(crate) enum ParseError {
    /// It nests deeper than [`BORDER_NESTING`].
    TooDeep,
    /// It is no JSON, or does not fit into memory: the exception is pending.
    Thrown,
}

/// Parses JSON that comes from outside.
pub(crate) fn parse<'js>(ctx: &Ctx<'js>, text: String) -> Result<Value<'js>, ParseError> {
    if nests_deeper_than(text.as_bytes(), BORDER_NESTING) {
        return Err(ParseError::TooDeep);
    }
    ctx.json_parse(text).map_err(|_| ParseError::Thrown)
}

/// Why a value cannot go outside.
pub(crate) enum NotWritten {
    /// One sentence that says what JSON cannot express, and where.
    NotJson(String),
    /// The limit that it is beyond, and one sentence that says so.
    Beyond(FailureKind, String),
    /// An exception of the script is pending.
    Thrown(Error),
}

/// Writes a value that goes outside. What JSON cannot express is refused and not left out, and errors
/// keep their name and message. `None` is `undefined`.
pub(crate) fn write_border<'js>(
    ctx: &Ctx<'js>,
    run: &Run,
    root: &'static str,
    value: Value<'js>,
) -> Result<Option<String>, NotWritten> {
    let written = Writer::new(ctx, run, Flavour::Border { root }, BORDER_NESTING).write(value);
    written.map_err(|refusal| match refusal {
        Refusal::NotJson(what) => NotWritten::NotJson(what),
        Refusal::Cycle(path) => NotWritten::NotJson(format!("{path} contains itself")),
        Refusal::TooDeep => {
            NotWritten::Beyond(FailureKind::Stack, format!("{root} nests deeper than {BORDER_NESTING} levels"))
        }
        Refusal::TooLong => NotWritten::Beyond(FailureKind::Memory, format!("{root} does not fit into memory")),
        Refusal::Interrupted => NotWritten::Thrown(interrupt(ctx)),
        Refusal::Thrown(error) => NotWritten::Thrown(error),
    })
}
