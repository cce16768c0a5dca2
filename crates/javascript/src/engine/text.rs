#![allow(unsafe_code)] // rquickjs takes every string for well-formed UTF-16, and every property key for a string.

use rquickjs::{Ctx, Error, String as JsString, Value, qjs};

/// A JavaScript string as UTF-8, in which a lone surrogate is three bytes of its own.
pub(crate) struct Wtf8<'js> {
    ctx: Ctx<'js>,
    start: *const std::ffi::c_char,
    length: usize,
}

impl<'js> Wtf8<'js> {
    pub(crate) fn of(string: &JsString<'js>) -> Result<Self, Error> {
        let mut length = 0;
        // SAFETY: the value is a live string of this context.
        let start = unsafe { qjs::JS_ToCStringLen(string.ctx().as_raw().as_ptr(), &raw mut length, string.as_raw()) };
        if start.is_null() {
            return Err(Error::Exception);
        }
        Ok(Self { ctx: string.ctx().clone(), start, length })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: QuickJS gave this many bytes, which live as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.cast(), self.length) }
    }
}

impl Drop for Wtf8<'_> {
    fn drop(&mut self) {
        // SAFETY: `start` came from JS_ToCStringLen and is freed once.
        unsafe { qjs::JS_FreeCString(self.ctx.as_raw().as_ptr(), self.start) };
    }
}

/// The text of a JavaScript string; lone surrogates become U+FFFD.
pub(crate) fn text(string: &JsString<'_>) -> Result<String, Error> {
    Ok(String::from_utf8_lossy(Wtf8::of(string)?.bytes()).into_owned())
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
