#![allow(unsafe_code)] // rquickjs does not offer this function of QuickJS.

use rquickjs::{Promise, qjs};

/// Keeps a rejection of this promise from being reported as unhandled.
pub(crate) fn mark_as_handled(promise: &Promise<'_>) {
    // SAFETY: the value is a live promise of this context.
    unsafe { qjs::JS_PromiseMarkAsHandled(promise.ctx().as_raw().as_ptr(), promise.as_raw()) };
}
