#![allow(unsafe_code)] // QuickJS keeps its countdown to itself.

//! The countdown by which QuickJS decides when to ask its interrupt handler.
//!
//! QuickJS asks once in 10,000 loop iterations, branches and calls, and has no function that changes
//! that. One of them may cost milliseconds, though (a comparison of long strings), so the countdown must
//! be read for an exact count, and cut short when the steps of a session are used up.

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::NonNull;

use rquickjs::{Ctx, qjs};

use super::{How, compile};

/// The countdown of one context.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Countdown(NonNull<c_int>);

thread_local! {
    /// Where the countdown is in a context, in words; found once.
    static WORD: Cell<Option<usize>> = const { Cell::new(None) };
}

impl Countdown {
    /// What QuickJS winds the countdown up to.
    pub(crate) const FULL: i32 = 10_000;

    /// Finds the countdown of a context by watching which word of it counts down while loops run.
    ///
    /// The result may be used as long as the context lives. `None` when no word behaves like it: steps
    /// are then counted by the ten thousand.
    pub(crate) fn of(ctx: &Ctx<'_>) -> Option<Self> {
        let word = match WORD.get() {
            Some(word) => word,
            None => {
                let word = find(ctx)?;
                WORD.set(Some(word));
                word
            }
        };
        // SAFETY: the word lies within the context, as `find` checked for one of the same layout.
        NonNull::new(unsafe { ctx.as_raw().as_ptr().cast::<c_int>().add(word) }).map(Self)
    }

    pub(crate) fn read(self) -> i32 {
        // SAFETY: the holder promises that the context lives; QuickJS accesses it from this thread only.
        unsafe { self.0.as_ptr().read_volatile() }
    }

    pub(crate) fn set(self, steps: i32) {
        // SAFETY: as for `read`; any value is valid, QuickJS only compares it with zero.
        unsafe { self.0.as_ptr().write_volatile(steps) }
    }
}

fn find(ctx: &Ctx<'_>) -> Option<usize> {
    let start = words(ctx);
    run(ctx, "for (let i = 0; i < 100; i++);")?;
    let after_short = words(ctx);
    run(ctx, "for (let i = 0; i < 350; i++);")?;
    let after_long = words(ctx);
    let is_countdown = |&word: &usize| {
        let (a, b, c) = (start[word], after_short[word], after_long[word]);
        let (short, long) = (a.wrapping_sub(b), b.wrapping_sub(c));
        (1..=Countdown::FULL).contains(&c) && short >= 100 && long - short >= 250 && (long - short) % 250 == 0
    };
    let mut found = (0..start.len()).filter(is_countdown);
    found.next().filter(|_| found.next().is_none())
}

/// The memory of the context, as words.
fn words(ctx: &Ctx<'_>) -> Vec<c_int> {
    let context = ctx.as_raw().as_ptr();
    // SAFETY: the context is one block of the runtime's allocator, zeroed when it was allocated.
    unsafe {
        let bytes = qjs::js_malloc_usable_size(context, context.cast());
        let count = bytes as usize / size_of::<c_int>();
        (0..count).map(|word| context.cast::<c_int>().add(word).read_volatile()).collect()
    }
}

fn run(ctx: &Ctx<'_>, code: &str) -> Option<()> {
    compile(ctx, code, How { file: "countdown", first_line: 1, top_level_await: false })
        .and_then(|loops| loops.run())
        .ok()
        .map(drop)
}
