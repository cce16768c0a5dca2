//! What the session needs of QuickJS beyond rquickjs's safe interface. Nearly all `unsafe` of this crate is in here.

mod backtrace;
mod class;
mod compile;
mod countdown;
mod guard;
mod heap;
mod interrupt;
mod links;
mod lookup;
mod promise;
mod scarcity;
mod stack;
mod text;
mod work;
mod wrapped;

pub(crate) use backtrace::HandlersContext;
pub(crate) use class::{class_of, prototype_of_class};
pub(crate) use compile::{Compiled, How, compile};
pub(crate) use countdown::Countdown;
pub(crate) use guard::{Guard, guard};
pub(crate) use heap::{Heap, HeapState};
pub(crate) use interrupt::interrupt;
pub(crate) use links::bound_links;
pub(crate) use lookup::{Lookup, LookupClasses};
pub(crate) use promise::mark_as_handled;
pub(crate) use scarcity::{Careful, Scarcity};
pub(crate) use stack::here_is_the_top;
pub(crate) use text::{Wtf8, text};
pub(crate) use work::{IS_COUNTED, allow_work, take_work};

use text::atom_text;
