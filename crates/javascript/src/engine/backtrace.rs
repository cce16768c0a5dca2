#![allow(unsafe_code)] // The interrupt handler is given no context.

use std::ptr::NonNull;

use rquickjs::{Ctx, qjs};

/// A context that is known to live as long as its runtime has an interrupt handler.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandlersContext(NonNull<qjs::JSContext>);

impl HandlersContext {
    /// # Safety
    /// Used only by the interrupt handler of the same runtime, while a script of this context runs.
    pub(crate) unsafe fn new(ctx: &Ctx<'_>) -> Self {
        Self(ctx.as_raw())
    }

    /// Does something with the context.
    pub(crate) fn with<T>(self, use_it: impl FnOnce(&Ctx<'_>) -> T) -> T {
        // SAFETY: as promised to `new`: the context lives, and the script that is interrupted holds its lock.
        let ctx = unsafe { Ctx::from_raw(self.0) };
        use_it(&ctx)
    }
}
