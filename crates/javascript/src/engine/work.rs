//! What QuickJS does, counted.
//!
//! QuickJS asks at loops and calls whether to go on, and any amount of work may lie between two of them: a long
//! stretch of code, or one function of the standard library. So the build for WebAssembly counts it: the compiler every
//! opcode of the interpreter and every basic block of the rest of QuickJS (`scripts/toolchain/clang`), the linker every
//! loop and call of what was compiled otherwise, and memory by its size (`crates/work-metering`). A unit takes about
//! three nanoseconds on a machine of 2026, whatever the script does, give or take the half. Native builds, which only
//! tests use, count nothing.

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

/// Says how many units are left to the interpreter of this countdown. It is made to ask whenever much work has been
/// done. Who does `overrun` more than is left is ended, and the whole instance with it: nothing but a trap ends what
/// never asks whether to go on.
pub(crate) fn allow_work(countdown: Option<Countdown>, left: u64, overrun: u64) {
    #[cfg(target_arch = "wasm32")]
    counted::allow(countdown, left, overrun);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = (countdown, left, overrun);
}

#[cfg(target_arch = "wasm32")]
mod counted {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use super::Countdown;

    /// Work after which the interpreter is made to ask: about three milliseconds.
    const MUCH: u64 = 1 << 20;

    /// Bytes that are moved or filled in the time of one unit.
    const BYTES_MOVED: usize = 64;

    /// Bytes that are compared in the time of one unit.
    const BYTES_COMPARED: usize = 32;

    #[allow(unsafe_code, non_upper_case_globals)] // `counted-work.h` counts under this name.
    #[unsafe(no_mangle)]
    static bobbin_work: AtomicU64 = AtomicU64::new(0); // Wide enough never to overflow.

    #[allow(unsafe_code, non_upper_case_globals)] // `counted-work.h` compares with it under this name.
    #[unsafe(no_mangle)]
    static bobbin_ask_at: AtomicU64 = AtomicU64::new(MUCH);

    /// Work at which to look closer.
    static LOOK_AT: AtomicU64 = AtomicU64::new(MUCH);

    thread_local! {
        static COUNTDOWN: Cell<Option<Countdown>> = const { Cell::new(None) };
        static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
        static ALLOWED: Cell<u64> = const { Cell::new(u64::MAX) };
    }

    pub(super) fn take() -> u64 {
        LOOK_AT.store(bobbin_ask_at.load(Relaxed), Relaxed);
        bobbin_work.swap(0, Relaxed)
    }

    pub(super) fn allow(countdown: Option<Countdown>, left: u64, overrun: u64) {
        COUNTDOWN.set(countdown);
        LEFT.set(left);
        ALLOWED.set(left.saturating_add(overrun));
        bobbin_ask_at.store(MUCH.min(left), Relaxed);
        LOOK_AT.store(MUCH.min(left), Relaxed);
    }

    /// Nearly always a few instructions only.
    #[inline(always)]
    fn count(units: u64) {
        let work = bobbin_work.load(Relaxed).wrapping_add(units);
        bobbin_work.store(work, Relaxed);
        if work >= LOOK_AT.load(Relaxed) {
            look(work);
        }
    }

    #[cold]
    fn look(work: u64) {
        if work > ALLOWED.get() {
            core::arch::wasm32::unreachable();
        }
        LOOK_AT.store(ALLOWED.get(), Relaxed);
        if let Some(countdown) = COUNTDOWN.get() {
            countdown.set(0);
        }
    }

    #[allow(unsafe_code)] // `counted-work.h` calls it by this name.
    #[unsafe(no_mangle)]
    extern "C" fn bobbin_affords(units: u64) -> bool {
        let work = bobbin_work.load(Relaxed);
        let affords = work.saturating_add(units) <= LEFT.get();
        if !affords {
            bobbin_work.store(work.max(LEFT.get().saturating_add(1)), Relaxed);
        }
        affords
    }

    #[allow(unsafe_code)] // The compiler has every basic block call it, by this name.
    #[unsafe(no_mangle)]
    extern "C" fn __sanitizer_cov_trace_pc() {
        count(1);
    }

    #[allow(unsafe_code)] // The linker puts calls of it where nothing else counts, by this name.
    #[unsafe(no_mangle)]
    extern "C" fn bobbin_count(units: u32) {
        count(u64::from(units));
    }

    /// Takes the place of every `memory.copy` of no fixed length.
    ///
    /// # Safety
    /// Both `to` and `from` point to `length` bytes, which may overlap.
    #[allow(unsafe_code)] // The linker puts it there, by this name.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn bobbin_copy(to: *mut u8, from: *const u8, length: usize) {
        count(1 + (length / BYTES_MOVED) as u64);
        // SAFETY: as promised by the caller.
        unsafe { std::ptr::copy(from, to, length) };
    }

    /// Takes the place of every `memory.fill` of no fixed length.
    ///
    /// # Safety
    /// `to` points to `length` bytes.
    #[allow(unsafe_code)] // The linker puts it there, by this name.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn bobbin_fill(to: *mut u8, byte: u32, length: usize) {
        count(1 + (length / BYTES_MOVED) as u64);
        // SAFETY: as promised by the caller.
        unsafe { std::ptr::write_bytes(to, byte as u8, length) };
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
