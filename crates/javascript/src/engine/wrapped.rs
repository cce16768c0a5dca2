#![allow(unsafe_code)] // A wrapper must cost next to nothing, which functions made by rquickjs do not.

//! Puts functions of this crate in the place of methods of the standard library.

use std::ffi::{CStr, c_int};

use rquickjs::{Ctx, Error, Object, Value, qjs};

/// Called with the context, `this`, the count of arguments, the arguments, the wrapper's number, and its data: the
/// original first.
pub(super) type Wrapper = unsafe extern "C" fn(
    *mut qjs::JSContext,
    qjs::JSValue,
    c_int,
    *mut qjs::JSValue,
    c_int,
    *mut qjs::JSValue,
) -> qjs::JSValue;

/// Puts a wrapper in the place of a method, with its name and length unchanged, hidden from enumeration.
///
/// # Safety
/// `wrapper` is sound when it is called with live values, this `number`, and as many data as there are here and one.
pub(super) unsafe fn wrap<'js, const DATA: usize>(
    holder: &Object<'js>,
    name: &CStr,
    wrapper: Wrapper,
    number: c_int,
    data: [&Value<'js>; DATA],
) -> Result<(), Error> {
    let ctx = holder.ctx();
    // SAFETY: all values are live, and those that are owned are handed on or freed; the data outlive the call, in
    // which QuickJS duplicates them.
    unsafe {
        let raw = ctx.as_raw().as_ptr();
        let atom = Atom::new(ctx, name)?;
        let original = owned(ctx, qjs::JS_GetProperty(raw, holder.as_raw(), atom.atom))?;
        if !original.is_function() {
            return Err(Error::new_from_js(original.type_name(), "function"));
        }
        let mut length = 0;
        if qjs::JS_GetLength(raw, original.as_raw(), &raw mut length) < 0 {
            return Err(Error::Exception);
        }
        let mut all = [original.as_raw(); 4];
        const { assert!(DATA < 4, "there is room for three data") };
        for (slot, value) in all.iter_mut().skip(1).zip(data) {
            *slot = value.as_raw();
        }
        let count = (DATA + 1) as c_int;
        let (length, all) = (length as c_int, all.as_mut_ptr());
        let function = qjs::JS_NewCFunctionData2(raw, Some(wrapper), name.as_ptr(), length, number, count, all);
        if qjs::JS_IsException(function) {
            return Err(Error::Exception);
        }
        let flags = (qjs::JS_PROP_WRITABLE | qjs::JS_PROP_CONFIGURABLE) as c_int;
        match qjs::JS_DefinePropertyValue(raw, holder.as_raw(), atom.atom, function, flags) {
            0.. => Ok(()),
            _ => Err(Error::Exception),
        }
    }
}

unsafe fn owned<'js>(ctx: &Ctx<'js>, value: qjs::JSValue) -> Result<Value<'js>, Error> {
    // SAFETY: the caller hands over a value that it owns.
    unsafe {
        match qjs::JS_IsException(value) {
            true => Err(Error::Exception),
            false => Ok(Value::from_raw(ctx.clone(), value)),
        }
    }
}

/// The name of a property.
struct Atom<'a, 'js> {
    ctx: &'a Ctx<'js>,
    atom: qjs::JSAtom,
}

impl<'a, 'js> Atom<'a, 'js> {
    fn new(ctx: &'a Ctx<'js>, name: &CStr) -> Result<Self, Error> {
        // SAFETY: the name ends in a zero; the context is live.
        match unsafe { qjs::JS_NewAtom(ctx.as_raw().as_ptr(), name.as_ptr()) } {
            qjs::JS_ATOM_NULL => Err(Error::Exception),
            atom => Ok(Self { ctx, atom }),
        }
    }
}

impl Drop for Atom<'_, '_> {
    fn drop(&mut self) {
        // SAFETY: the atom is owned, and freed once.
        unsafe { qjs::JS_FreeAtom(self.ctx.as_raw().as_ptr(), self.atom) };
    }
}
