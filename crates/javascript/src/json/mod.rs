//! JSON in and out of the interpreter. Nothing here recurses over a value, and what QuickJS recurses over
//! is bounded first: its own check sees only part of the stack that JSON takes.

mod border;
mod builtin;
mod convert;
mod nesting;
mod path;
mod revive;
mod text;
mod write;

pub(crate) use border::{BORDER_NESTING, NotWritten, ParseError, parse, write_border};
pub(crate) use builtin::install;
