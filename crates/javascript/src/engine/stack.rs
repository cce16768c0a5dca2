#![allow(unsafe_code)] // rquickjs sets the top of the stack only in its multi-threaded configuration.

use rquickjs::{Ctx, qjs};

/// Measures the script's stack from the current frame on, and not from where the runtime was created.
pub(crate) fn here_is_the_top(ctx: &Ctx<'_>) {
    // SAFETY: the runtime is alive as long as its context.
    unsafe { qjs::JS_UpdateStackTop(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) };
}
