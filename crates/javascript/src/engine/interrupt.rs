#![allow(unsafe_code)] // rquickjs cannot make an exception uncatchable.

use rquickjs::{Ctx, Error, Exception, qjs};

use crate::realm::Realm;

/// Stops the script: an exception that neither `catch` nor `finally` sees.
pub(crate) fn interrupt(ctx: &Ctx<'_>) -> Error {
    // Without a realm nothing of the script has run yet.
    let _ = Realm::with(ctx, |realm| {
        realm.run.scarcity.spend_reserve();
        Ok(())
    });
    let error = Exception::throw_internal(ctx, "interrupted");
    let exception = ctx.catch();
    // SAFETY: the exception is a live value of this context.
    unsafe { qjs::JS_SetUncatchableError(ctx.as_raw().as_ptr(), exception.as_raw()) };
    ctx.throw(exception);
    error
}
