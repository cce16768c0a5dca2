#![allow(unsafe_code)] // QuickJS calls the wrapper with its own values.

//! Methods that make a link of a chain, with the bound on its length before them.

use std::ffi::{CStr, c_int};
use std::ptr::NonNull;

use rquickjs::{Ctx, Error, Object, Value, qjs};

use super::wrapped::wrap;
use crate::chains::{Links, admit_link};

/// Bounds the chains that a method makes.
pub(crate) fn bound_links(holder: &Object<'_>, name: &CStr, links: Links) -> Result<(), Error> {
    // SAFETY: `call` takes the number of such links, and no data of its own.
    unsafe { wrap(holder, name, call, links as c_int, []) }
}

unsafe extern "C" fn call(
    ctx: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    number: c_int,
    data: *mut qjs::JSValue,
) -> qjs::JSValue {
    // SAFETY: QuickJS gives a live context, `count` live arguments, and the original; what it gives is owned.
    unsafe {
        let Some(live) = NonNull::new(ctx) else { return qjs::JS_EXCEPTION };
        let live = Ctx::from_raw(live);
        let borrowed = |value: qjs::JSValue| Value::from_raw(live.clone(), qjs::JS_DupValue(ctx, value));
        let wrapped: Vec<Value<'_>> = match number == Links::This as c_int {
            true => vec![borrowed(this)],
            false => (0..count.max(0) as usize).map(|index| borrowed(*arguments.add(index))).collect(),
        };
        let Ok(link) = admit_link(&live, &wrapped) else { return qjs::JS_EXCEPTION };
        let made = qjs::JS_Call(ctx, *data, this, count, arguments);
        if qjs::JS_IsException(made) {
            return made;
        }
        match link
            .made(&Value::from_raw(live.clone(), qjs::JS_DupValue(ctx, made)), number == Links::Revocable as c_int)
        {
            Ok(()) => made,
            Err(_) => {
                qjs::JS_FreeValue(ctx, made);
                qjs::JS_EXCEPTION
            }
        }
    }
}
