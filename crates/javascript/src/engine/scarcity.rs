#![allow(unsafe_code)] // An allocator hands out raw memory, and the rest is reached through QuickJS's runtime only.

//! What keeps QuickJS sound when memory runs out.
//!
//! - It makes an error right where an allocation fails, and any new object may start the garbage collector. At one
//!   such place (`resize_properties`) the shape at hand is in no list of the collector, which then follows dangling
//!   links. So the collector is held until the script goes on.
//! - It makes an error to stop a script, too, and where there is no memory for that error, the script is not stopped:
//!   async functions then abort the process (`js_async_function_resume`). So some memory is kept for that error.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;
use std::rc::Rc;

use rquickjs::allocator::Allocator;
use rquickjs::{Ctx, Error, qjs};

/// Memory in which a script can be stopped.
const RESERVE_BYTES: qjs::size_t = 16 * 1024;

/// How one runtime copes with a lack of memory.
#[derive(Debug, Default)]
pub(crate) struct Scarcity {
    runtime: Cell<Option<NonNull<qjs::JSRuntime>>>,
    reserve: Cell<Option<NonNull<c_void>>>,
    is_collector_held: Cell<bool>,
}

impl Scarcity {
    /// Takes care of the runtime of `ctx`, whose allocator must be a [`Careful`] one with this. The reserve goes
    /// with the memory of the runtime.
    pub(crate) fn attach(&self, ctx: &Ctx<'_>) -> Result<(), Error> {
        // SAFETY: the context is live.
        unsafe {
            let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
            self.runtime.set(NonNull::new(runtime));
            let reserve = NonNull::new(qjs::js_malloc_rt(runtime, RESERVE_BYTES)).ok_or(Error::Allocation)?;
            self.reserve.set(Some(reserve));
        }
        Ok(())
    }

    /// Forgets the runtime, which is about to go.
    pub(crate) fn detach(&self) {
        self.runtime.set(None);
        self.reserve.set(None);
    }

    /// Makes room for the error that stops the script.
    pub(crate) fn spend_reserve(&self) {
        if let (Some(runtime), Some(reserve)) = (self.runtime.get(), self.reserve.take()) {
            // SAFETY: the runtime lives until `detach`; the block is its own and is freed once.
            unsafe { qjs::js_free_rt(runtime.as_ptr(), reserve.as_ptr()) };
        }
    }

    /// Lets the collector run again. Called between two steps of a script, where all objects are as they should be.
    pub(crate) fn release_collector(&self) {
        if self.is_collector_held.replace(false) {
            self.collect_above(0);
        }
    }

    fn hold_collector(&self) {
        self.is_collector_held.set(true);
        self.collect_above(qjs::size_t::MAX);
    }

    /// The collector starts when more bytes than this are in use.
    fn collect_above(&self, bytes: qjs::size_t) {
        if let Some(runtime) = self.runtime.get() {
            // SAFETY: the runtime lives until `detach`.
            unsafe { qjs::JS_SetGCThreshold(runtime.as_ptr(), bytes) };
        }
    }
}

/// An allocator that takes notice when it has nothing to give.
pub(crate) struct Careful<A> {
    allocator: A,
    scarcity: Rc<Scarcity>,
}

impl<A> Careful<A> {
    pub(crate) fn new(allocator: A, scarcity: Rc<Scarcity>) -> Self {
        Self { allocator, scarcity }
    }

    fn given(&self, block: *mut u8) -> *mut u8 {
        if block.is_null() {
            self.scarcity.hold_collector();
        }
        block
    }
}

// SAFETY: every block is one of the inner allocator.
unsafe impl<A: Allocator> Allocator for Careful<A> {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        let block = self.allocator.alloc(size);
        self.given(block)
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        let block = self.allocator.calloc(count, size);
        self.given(block)
    }

    unsafe fn dealloc(&mut self, block: *mut u8) {
        // SAFETY: as promised by the caller.
        unsafe { self.allocator.dealloc(block) };
    }

    unsafe fn realloc(&mut self, block: *mut u8, new_size: usize) -> *mut u8 {
        // SAFETY: as promised by the caller.
        let block = unsafe { self.allocator.realloc(block, new_size) };
        self.given(block)
    }

    unsafe fn usable_size(block: *mut u8) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { A::usable_size(block) }
    }
}
