#![allow(unsafe_code)] // rquickjs takes every string for well-formed UTF-16, and every property key for a string.

use rquickjs::{Ctx, Error, String as JsString, Value, qjs};

/// The text of a JavaScript string; lone surrogates become U+FFFD.
pub(crate) fn text(string: &JsString<'_>) -> Result<String, Error> {
    let ctx = string.ctx().as_raw().as_ptr();
    let mut length = 0;
    // SAFETY: the value is a live string of this context.
    let start = unsafe { qjs::JS_ToCStringLen(ctx, &raw mut length, string.as_raw()) };
    if start.is_null() {
        return Err(Error::Exception);
    }
    // SAFETY: QuickJS gives `length` bytes that stay valid until they are freed below.
    let bytes = unsafe { std::slice::from_raw_parts(start.cast::<u8>(), length) };
    let text = String::from_utf8_lossy(bytes).into_owned();
    // SAFETY: `start` came from JS_ToCStringLen and is not used any more.
    unsafe { qjs::JS_FreeCString(ctx, start) };
    Ok(text)
}

/// The text of a property key that is a string; `None` for a symbol.
///
/// # Safety
/// `atom` is a live atom of `ctx`.
pub(crate) unsafe fn atom_text(ctx: &Ctx<'_>, atom: qjs::JSAtom) -> Result<Option<String>, Error> {
    // SAFETY: as promised by the caller; the value is owned.
    let value = unsafe {
        let value = qjs::JS_AtomToValue(ctx.as_raw().as_ptr(), atom);
        if qjs::JS_IsException(value) {
            return Err(Error::Exception);
        }
        Value::from_raw(ctx.clone(), value)
    };
    value.as_string().map(text).transpose()
}
