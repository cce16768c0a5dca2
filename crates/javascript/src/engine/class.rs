#![allow(unsafe_code)] // rquickjs knows fewer classes than QuickJS.

use rquickjs::{Ctx, Value, qjs};

/// The class of an object, whatever its prototype says; zero for what is no object.
pub(crate) fn class_of(value: &Value<'_>) -> u32 {
    // SAFETY: only reads the tag and the class of a live value.
    unsafe { qjs::JS_GetClassID(value.as_raw()) }
}

/// What new objects of a class have as their prototype.
pub(crate) fn prototype_of_class<'js>(ctx: &Ctx<'js>, class: u32) -> Value<'js> {
    // SAFETY: the class, which `class_of` gave, is registered in every runtime; the value is owned.
    unsafe { Value::from_raw(ctx.clone(), qjs::JS_GetClassProto(ctx.as_raw().as_ptr(), class)) }
}
