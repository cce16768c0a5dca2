//! JSON in and out of the interpreter, with its nesting bounded before anything recurses over it.

mod nesting;
mod path;
mod write;

use rquickjs::{Ctx, Error, Value};

pub(crate) use nesting::nests_deeper_than;
pub(crate) use write::{Refusal, Rules, write};

/// How deep arrays and objects may nest in values that cross the border of a session: what most JSON
/// parsers outside accept.
pub(crate) const BORDER_NESTING: usize = 120;

/// Why a text did not become a value.
pub(crate) enum ParseError {
    /// It nests deeper than allowed.
    TooDeep,
    /// It is no JSON, or does not fit into memory: the exception is pending.
    Thrown(Error),
}

/// Parses JSON that comes from outside.
pub(crate) fn parse<'js>(ctx: &Ctx<'js>, text: String) -> Result<Value<'js>, ParseError> {
    if nests_deeper_than(&text, BORDER_NESTING) {
        return Err(ParseError::TooDeep);
    }
    ctx.json_parse(text).map_err(ParseError::Thrown)
}
