//! Work that the interpreter does without asking its interrupt handler.
//!
//! `scripts/toolchain/clang` has the compiler report every basic block of the functions of QuickJS that
//! can take long on their own (`scripts/toolchain/metered-functions`). Other builds report nothing.

use super::Countdown;

/// The basic blocks that ran since the last time they were taken.
pub(crate) fn take_native_work() -> u64 {
    #[cfg(target_arch = "wasm32")]
    return counted::take();
    #[cfg(not(target_arch = "wasm32"))]
    0
}

/// From now on, cuts this countdown short whenever much native work has been done. `None` ends it.
pub(crate) fn cut_short_after_native_work(countdown: Option<Countdown>) {
    #[cfg(target_arch = "wasm32")]
    counted::watch(countdown);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = countdown;
}

/// Where the countdown stood when it was cut short.
pub(crate) fn take_cut() -> Option<i32> {
    #[cfg(target_arch = "wasm32")]
    return counted::take_cut();
    #[cfg(not(target_arch = "wasm32"))]
    None
}

#[cfg(target_arch = "wasm32")]
mod counted {
    use std::cell::Cell;

    use super::Countdown;

    /// Blocks after which the interpreter is made to ask: about two milliseconds.
    const MUCH: u32 = 1 << 20;

    thread_local! {
        static BLOCKS: Cell<u32> = const { Cell::new(0) };
        static COUNTDOWN: Cell<Option<Countdown>> = const { Cell::new(None) };
        static CUT: Cell<Option<i32>> = const { Cell::new(None) };
    }

    pub(super) fn take() -> u64 {
        u64::from(BLOCKS.replace(0))
    }

    pub(super) fn watch(countdown: Option<Countdown>) {
        COUNTDOWN.set(countdown);
        CUT.set(None);
    }

    pub(super) fn take_cut() -> Option<i32> {
        CUT.take()
    }

    fn cut() {
        if let Some(countdown) = COUNTDOWN.get()
            && CUT.get().is_none()
        {
            CUT.set(Some(countdown.read()));
            countdown.set(0);
        }
    }

    #[allow(unsafe_code)] // The compiler calls it by this name.
    #[unsafe(no_mangle)]
    extern "C" fn __sanitizer_cov_trace_pc() {
        let blocks = BLOCKS.get().wrapping_add(1);
        BLOCKS.set(blocks);
        if blocks.is_multiple_of(MUCH) {
            cut();
        }
    }

    /// Bytes that are compared in the time of one basic block.
    const BYTES_PER_BLOCK: u32 = 16;

    /// Compares memory, as the C library does, and counts it: QuickJS compares strings with it.
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
            count(at as u32 / BYTES_PER_BLOCK);
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

    fn count(blocks: u32) {
        let before = BLOCKS.get();
        BLOCKS.set(before.wrapping_add(blocks));
        if before % MUCH + blocks >= MUCH {
            cut();
        }
    }
}
