#![allow(unsafe_code)] // The values that are kept are QuickJS's own, which rquickjs does not mark.

use std::cell::RefCell;
use std::collections::HashMap;

use rquickjs::{Ctx, Error, Value, qjs};

use super::{Lookup, LookupClasses};

/// What a lookup object consists of.
pub(super) struct Contents {
    pub(super) lookup: Box<dyn Lookup>,
    pub(super) classes: LookupClasses,
    made: RefCell<HashMap<String, qjs::JSValue>>,
}

impl Contents {
    pub(super) fn new(lookup: Box<dyn Lookup>, classes: LookupClasses) -> Self {
        Self { lookup, classes, made: RefCell::default() }
    }

    /// The contents of a lookup object.
    ///
    /// # Safety
    /// `object` is a live object of one of the two classes.
    pub(super) unsafe fn of<'a>(object: qjs::JSValue) -> Option<&'a Self> {
        let mut class = 0;
        // SAFETY: as promised by the caller, the opaque pointer is null or a `Contents` that lives as long as the object.
        unsafe { qjs::JS_GetAnyOpaque(object, &raw mut class).cast::<Self>().as_ref() }
    }

    /// An own property; made once, and the same from then on.
    pub(super) fn own<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error> {
        if let Some(&made) = self.made.borrow().get(name) {
            // SAFETY: the cache owns the value; the duplicate is owned by the result.
            return Ok(Some(unsafe { Value::from_raw(ctx.clone(), qjs::JS_DupValue(ctx.as_raw().as_ptr(), made)) }));
        }
        let Some(value) = self.lookup.own(ctx, name)? else { return Ok(None) };
        // SAFETY: the duplicate is owned by the cache, which marks and frees it.
        let kept = unsafe { qjs::JS_DupValue(ctx.as_raw().as_ptr(), value.as_raw()) };
        if let Some(former) = self.made.borrow_mut().insert(name.to_string(), kept) {
            // SAFETY: the cache owned it.
            unsafe { qjs::JS_FreeValue(ctx.as_raw().as_ptr(), former) };
        }
        Ok(Some(value))
    }
}

pub(super) unsafe extern "C" fn finalize(runtime: *mut qjs::JSRuntime, object: qjs::JSValue) {
    let mut class = 0;
    // SAFETY: the object dies; its opaque pointer is null or the box that `make` gave it.
    unsafe {
        let contents = qjs::JS_GetAnyOpaque(object, &raw mut class).cast::<Contents>();
        if !contents.is_null() {
            for (_, value) in Box::from_raw(contents).made.take() {
                qjs::JS_FreeValueRT(runtime, value);
            }
        }
    }
}

pub(super) unsafe extern "C" fn mark(runtime: *mut qjs::JSRuntime, object: qjs::JSValue, mark: qjs::JS_MarkFunc) {
    // SAFETY: QuickJS calls this for live objects of the class.
    if let Some(made) = unsafe { Contents::of(object) }.and_then(|contents| contents.made.try_borrow().ok()) {
        for value in made.values() {
            // SAFETY: the cache owns the value.
            unsafe { qjs::JS_MarkValue(runtime, *value, mark) };
        }
    }
}
