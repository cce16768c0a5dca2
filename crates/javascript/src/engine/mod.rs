//! What the session needs of QuickJS beyond rquickjs's safe interface. All `unsafe` of this crate is in here.

mod compile;
mod interrupt;
mod lookup;
mod promise;
mod stack;
mod text;

pub(crate) use compile::{Compiled, compile};
pub(crate) use interrupt::interrupt;
pub(crate) use lookup::{Lookup, LookupClasses};
pub(crate) use promise::mark_as_handled;
pub(crate) use stack::here_is_the_top;
pub(crate) use text::text;

use text::atom_text;
