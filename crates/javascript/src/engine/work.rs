//! What QuickJS does, counted.
//!
//! QuickJS asks at loops and calls whether to go on, and any amount of work may lie between two of them: a long
//! stretch of code, or one function of the standard library. So the build for WebAssembly counts it
//! (`scripts/toolchain/clang`): every opcode of the interpreter, every basic block of all other functions (but those
//! that only make and free an interpreter), and memory by its size. A unit takes about three nanoseconds on a machine
//! of 2026, whatever the script does, give or take the half. Native builds, which only tests use, count nothing.

use super::Countdown;

/// Whether this build counts work.
pub(crate) const IS_COUNTED: bool = cfg!(target_arch = "wasm32");

/// The units of work done since the last time they were taken.
pub(crate) fn take_work() -> u64 {
    #[cfg(target_arch = "wasm32")]
    return counted::take();
    #[cfg(not(target_arch = "wasm32"))]
    0
}

/// From now on, makes the interpreter of this countdown ask soon whenever much work has been done. `None` ends it.
pub(crate) fn ask_after_much_work(countdown: Option<Countdown>) {
    #[cfg(target_arch = "wasm32")]
    counted::watch(countdown);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = countdown;
}

#[cfg(target_arch = "wasm32")]
mod counted {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use super::Countdown;

    /// Work after which the interpreter is made to ask: about three milliseconds.
    const MUCH: u64 = 1 << 20;

    /// Bytes that are compared in the time of one unit.
    const BYTES_COMPARED: usize = 32;

    thread_local! {
        static COUNTDOWN: Cell<Option<Countdown>> = const { Cell::new(None) };
    }

    #[allow(unsafe_code, non_upper_case_globals)] // `counted-work.h` counts under this name.
    #[unsafe(no_mangle)]
    static bobbin_work: AtomicU64 = AtomicU64::new(0); // Wide enough never to overflow.

    pub(super) fn take() -> u64 {
        bobbin_work.swap(0, Relaxed)
    }

    pub(super) fn watch(countdown: Option<Countdown>) {
        COUNTDOWN.set(countdown);
    }

    /// Calls nothing, and so costs a few instructions only.
    #[inline(always)]
    fn count(units: u64) {
        let work = bobbin_work.load(Relaxed).wrapping_add(units);
        bobbin_work.store(work, Relaxed);
        if work >= MUCH
            && let Some(countdown) = COUNTDOWN.get()
        {
            countdown.set(0);
        }
    }

    #[allow(unsafe_code)] // The compiler has every basic block call it, by this name.
    #[unsafe(no_mangle)]
    extern "C" fn __sanitizer_cov_trace_pc() {
        count(1);
    }

    /// Compares memory, as the C library does, and counts what it compares: QuickJS compares strings with it.
    ///
    /// # Safety
    /// Both `a` and `b` point to `length` readable bytes.
    #[allow(unsafe_code)] // It takes the place of the C library's.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
        const WORD: usize = size_of::<u64>();
        let mut at = 0;
        // SAFETY: never reads at or beyond `length`.
        unsafe {
            while at + WORD <= length
                && a.add(at).cast::<u64>().read_unaligned() == b.add(at).cast::<u64>().read_unaligned()
            {
                at += WORD;
            }
            count((at / BYTES_COMPARED) as u64);
            while at < length {
                let difference = i32::from(*a.add(at)) - i32::from(*b.add(at));
                if difference != 0 {
                    return difference;
                }
                at += 1;
            }
        }
        0
    }
}
