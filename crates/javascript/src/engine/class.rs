#![allow(unsafe_code)] // rquickjs knows fewer classes than QuickJS.

use rquickjs::{Value, qjs};

/// The class of an object, whatever its prototype says; zero for what is no object.
pub(crate) fn class_of(value: &Value<'_>) -> u32 {
    // SAFETY: only reads the tag and the class of a live value.
    unsafe { qjs::JS_GetClassID(value.as_raw()) }
}
