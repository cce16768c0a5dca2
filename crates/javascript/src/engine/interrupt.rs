#![allow(unsafe_code)] // rquickjs cannot make an exception uncatchable.

use rquickjs::{Ctx, Error, Exception, qjs};

/// Stops the script: an exception that neither `catch` nor `finally` sees.
pub(crate) fn interrupt(ctx: &Ctx<'_>) -> Error {
    let error = Exception::throw_internal(ctx, "interrupted");
    let exception = ctx.catch();
    // SAFETY: the exception is a live value of this context.
    unsafe { qjs::JS_SetUncatchableError(ctx.as_raw().as_ptr(), exception.as_raw()) };
    ctx.throw(exception);
    error
}
