#![allow(unsafe_code)] // QuickJS calls a guard with its own values.

//! Functions of the standard library with a guard before them.

use std::ffi::{CStr, c_int};
use std::ptr::NonNull;

use rquickjs::{Ctx, Error, Object, Value, qjs};

use super::wrapped::wrap;
use crate::guards;

/// Arrays up to this length, and strings up to this product of lengths, are let through at once.
const SMALL: i64 = 2000;

/// Strings of which one is sought in the other are let through at once up to this product of their lengths.
const SMALL_SEARCH: i64 = 1 << 20;

/// The class of genuine arrays in QuickJS: of all objects only their length is never given by a getter.
const ARRAY_CLASS: qjs::JSClassID = 2;

/// What a guard looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// `this`, as an array.
    Array = 0,
    /// `this` and every argument, as arrays.
    Arrays = 1,
    /// `this` and the first argument, as strings of which one is sought in the other.
    Search = 2,
    /// The first argument, as the source of a regular expression.
    Pattern = 3,
}

/// Puts a guard before a method, with its name and length unchanged.
///
/// `traps` is the handler of the proxies through which guarded methods see whatever is no genuine array:
/// each access then counts as a step. `takeover` is the symbol of the method by which an argument may take
/// over the call.
pub(crate) fn guard<'js>(
    holder: &Object<'js>,
    name: &CStr,
    guard: Guard,
    traps: &Object<'js>,
    takeover: &Value<'js>,
) -> Result<(), Error> {
    // SAFETY: `call` takes the number of a guard, and these data.
    unsafe { wrap(holder, name, call, guard as c_int, [traps.as_value(), takeover]) }
}

/// The call of a guarded method.
struct Call {
    ctx: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    original: qjs::JSValue,
    traps: qjs::JSValue,
    takeover: qjs::JSValue,
}

unsafe extern "C" fn call(
    ctx: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    magic: c_int,
    data: *mut qjs::JSValue,
) -> qjs::JSValue {
    // SAFETY: QuickJS gives a live context, `count` live arguments, and the data that `guard` gave it.
    unsafe {
        let (original, traps, takeover) = (*data, *data.add(1), *data.add(2));
        let call = Call { ctx, this, count, arguments, original, traps, takeover };
        match magic {
            magic if magic == Guard::Array as c_int => call.array(),
            magic if magic == Guard::Arrays as c_int => call.arrays(),
            magic if magic == Guard::Search as c_int => call.search(),
            _ => call.pattern(),
        }
    }
}

/// All of these are called with live values only.
impl Call {
    unsafe fn context<'js>(&self) -> Option<Ctx<'js>> {
        // SAFETY: the context is live during the call.
        NonNull::new(self.ctx).map(|ctx| unsafe { Ctx::from_raw(ctx) })
    }

    unsafe fn original(&self, this: qjs::JSValue, arguments: *mut qjs::JSValue) -> qjs::JSValue {
        // SAFETY: as many live arguments as the guarded method was called with.
        unsafe { qjs::JS_Call(self.ctx, self.original, this, self.count, arguments) }
    }

    /// Whether the script may go on; else an exception is pending.
    unsafe fn admits(&self, judge: impl for<'js> FnOnce(&Ctx<'js>) -> Result<(), Error>) -> bool {
        // SAFETY: the context is live during the call.
        unsafe { self.context() }.is_some_and(|ctx| judge(&ctx).is_ok())
    }

    /// The array to use in place of a value: itself, or a proxy whose accesses count. `None`: an exception is pending.
    unsafe fn counted(&self, value: qjs::JSValue) -> Option<qjs::JSValue> {
        // SAFETY: `value` is live; the proxy is owned by the caller, as is the duplicate.
        unsafe {
            if qjs::JS_GetClassID(value) == ARRAY_CLASS {
                let length = self.length(value);
                if length > SMALL && !self.admits(|ctx| guards::admit_array(ctx, length)) {
                    return None;
                }
                return Some(qjs::JS_DupValue(self.ctx, value));
            }
            if !qjs::JS_IsObject(value) {
                return Some(qjs::JS_DupValue(self.ctx, value));
            }
            let proxy = qjs::JS_NewProxy(self.ctx, value, self.traps);
            (!qjs::JS_IsException(proxy)).then_some(proxy)
        }
    }

    /// The length of a genuine array or a primitive string.
    unsafe fn length(&self, value: qjs::JSValue) -> i64 {
        let mut length = 0;
        // SAFETY: `value` is live; reading its length runs no script.
        unsafe { qjs::JS_GetLength(self.ctx, value, &raw mut length) };
        length
    }

    unsafe fn array(&self) -> qjs::JSValue {
        // SAFETY: see `Call`.
        unsafe { self.on_array(self.arguments) }
    }

    unsafe fn on_array(&self, arguments: *mut qjs::JSValue) -> qjs::JSValue {
        // SAFETY: see `Call`; what `counted` gives is freed here.
        unsafe {
            let Some(this) = self.counted(self.this) else { return qjs::JS_EXCEPTION };
            let result = self.original(this, arguments);
            let is_itself = qjs::JS_IsObject(result) && qjs::JS_IsStrictEqual(self.ctx, result, this);
            qjs::JS_FreeValue(self.ctx, this);
            if is_itself {
                // Methods that give `this` must not give its proxy.
                qjs::JS_FreeValue(self.ctx, result);
                return qjs::JS_DupValue(self.ctx, self.this);
            }
            result
        }
    }

    unsafe fn arrays(&self) -> qjs::JSValue {
        // SAFETY: see `Call`; every element of `counted` is owned and freed here.
        unsafe {
            let given = std::slice::from_raw_parts(self.arguments, self.count.max(0) as usize);
            let mut counted = Vec::with_capacity(given.len());
            for value in given {
                let as_array = match self.is_spread(*value) {
                    true => self.counted(*value),
                    false => Some(qjs::JS_DupValue(self.ctx, *value)),
                };
                match as_array {
                    Some(value) => counted.push(value),
                    None => break,
                }
            }
            let result = match counted.len() == given.len() {
                true => self.on_array(counted.as_mut_ptr()),
                false => qjs::JS_EXCEPTION,
            };
            for value in counted {
                qjs::JS_FreeValue(self.ctx, value);
            }
            result
        }
    }

    /// Whether `concat` takes an argument apart.
    unsafe fn is_spread(&self, value: qjs::JSValue) -> bool {
        // SAFETY: see `Call`.
        unsafe { qjs::JS_IsArray(value) || qjs::JS_IsObject(value) && self.has_takeover(value) }
    }

    unsafe fn has_takeover(&self, value: qjs::JSValue) -> bool {
        // SAFETY: see `Call`; the atom and the property are owned and freed here.
        unsafe {
            let atom = qjs::JS_ValueToAtom(self.ctx, self.takeover);
            let property = qjs::JS_GetProperty(self.ctx, value, atom);
            qjs::JS_FreeAtom(self.ctx, atom);
            let has = !qjs::JS_IsUndefined(property) && !qjs::JS_IsNull(property);
            qjs::JS_FreeValue(self.ctx, property);
            has
        }
    }

    /// The first argument as a string, unless it takes over the call; owned.
    unsafe fn sought(&self) -> Option<qjs::JSValue> {
        // SAFETY: see `Call`.
        unsafe {
            if self.count == 0 || qjs::JS_IsUndefined(*self.arguments) {
                return None;
            }
            let sought = *self.arguments;
            if qjs::JS_IsObject(sought) && self.has_takeover(sought) {
                return None;
            }
            Some(qjs::JS_ToString(self.ctx, sought))
        }
    }

    unsafe fn search(&self) -> qjs::JSValue {
        // SAFETY: see `Call`; both strings are owned and freed here.
        unsafe {
            if qjs::JS_IsUndefined(self.this) || qjs::JS_IsNull(self.this) {
                return self.original(self.this, self.arguments);
            }
            let Some(needle) = self.sought() else { return self.original(self.this, self.arguments) };
            let haystack = qjs::JS_ToString(self.ctx, self.this);
            let mut result = qjs::JS_EXCEPTION;
            if !qjs::JS_IsException(needle) && !qjs::JS_IsException(haystack) && self.may_search(haystack, needle) {
                let mut arguments = std::slice::from_raw_parts(self.arguments, self.count as usize).to_vec();
                arguments[0] = needle;
                result = self.original(haystack, arguments.as_mut_ptr());
            }
            qjs::JS_FreeValue(self.ctx, needle);
            qjs::JS_FreeValue(self.ctx, haystack);
            result
        }
    }

    unsafe fn may_search(&self, haystack: qjs::JSValue, needle: qjs::JSValue) -> bool {
        // SAFETY: see `Call`; the UTF-16 copies are freed here.
        unsafe {
            if self.length(haystack).saturating_mul(self.length(needle)) <= SMALL_SEARCH {
                return true;
            }
            let (mut long, mut short) = (0, 0);
            let haystack = qjs::JS_ToCStringLenUTF16(self.ctx, &raw mut long, haystack);
            let needle = qjs::JS_ToCStringLenUTF16(self.ctx, &raw mut short, needle);
            let admitted = !haystack.is_null() && !needle.is_null() && {
                let haystack = std::slice::from_raw_parts(haystack, long as usize);
                let needle = std::slice::from_raw_parts(needle, short as usize);
                self.admits(|ctx| guards::admit_search(ctx, haystack, needle))
            };
            for copy in [haystack, needle] {
                if !copy.is_null() {
                    qjs::JS_FreeCStringUTF16(self.ctx, copy);
                }
            }
            admitted
        }
    }

    unsafe fn pattern(&self) -> qjs::JSValue {
        // SAFETY: see `Call`; the pattern is owned and freed here.
        unsafe {
            let Some(pattern) = self.sought() else { return self.original(self.this, self.arguments) };
            let mut result = qjs::JS_EXCEPTION;
            if !qjs::JS_IsException(pattern) {
                let length = self.length(pattern);
                if length <= SMALL || self.admits(|ctx| guards::admit_pattern(ctx, length as u64)) {
                    let mut arguments = std::slice::from_raw_parts(self.arguments, self.count as usize).to_vec();
                    arguments[0] = pattern;
                    result = self.original(self.this, arguments.as_mut_ptr());
                }
            }
            qjs::JS_FreeValue(self.ctx, pattern);
            result
        }
    }
}
