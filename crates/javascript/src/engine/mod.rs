//! What the session needs of QuickJS beyond rquickjs's safe interface. Nearly all `unsafe` of this crate is in here.

mod backtrace;
mod class;
mod compile;
mod countdown;
mod guard;
mod heap;
mod interrupt;
mod lookup;
mod native_work;
mod promise;
mod stack;
mod text;

pub(crate) use backtrace::HandlersContext;
pub(crate) use class::class_of;
pub(crate) use compile::{Compiled, How, compile};
pub(crate) use countdown::Countdown;
pub(crate) use guard::{Guard, guard};
pub(crate) use heap::{Heap, HeapState};
pub(crate) use interrupt::interrupt;
pub(crate) use lookup::{Lookup, LookupClasses};
pub(crate) use native_work::{cut_short_after_native_work, take_cut, take_native_work};
pub(crate) use promise::mark_as_handled;
pub(crate) use stack::here_is_the_top;
pub(crate) use text::{Wtf8, text};

use text::atom_text;
