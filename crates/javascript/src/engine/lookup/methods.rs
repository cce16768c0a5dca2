#![allow(unsafe_code)] // QuickJS calls these functions.

//! How QuickJS asks lookup objects for their properties.

use std::ffi::c_int;
use std::ptr::NonNull;

use rquickjs::{Ctx, Error, Value, qjs};

use super::contents::Contents;
use crate::engine::atom_text;

pub(super) static READ_ONLY: qjs::JSClassExoticMethods = qjs::JSClassExoticMethods {
    get_own_property: Some(get_own_property),
    get_own_property_names: Some(get_own_property_names),
    delete_property: Some(delete_property),
    define_own_property: Some(define_own_property),
    has_property: None,
    get_property: Some(get_property),
    set_property: Some(set_property),
};

pub(super) static FALLBACK: qjs::JSClassExoticMethods = qjs::JSClassExoticMethods {
    get_own_property: Some(get_own_property),
    get_own_property_names: None,
    delete_property: None,
    define_own_property: None,
    has_property: None,
    get_property: None,
    set_property: None,
};

/// # Safety
/// As for every callback: QuickJS gives a live context.
unsafe fn context<'js>(ctx: *mut qjs::JSContext) -> Option<Ctx<'js>> {
    // SAFETY: the context is live during the callback, and the clone holds on to it.
    NonNull::new(ctx).map(|ctx| unsafe { Ctx::from_raw(ctx) })
}

unsafe extern "C" fn get_own_property(
    ctx: *mut qjs::JSContext,
    descriptor: *mut qjs::JSPropertyDescriptor,
    object: qjs::JSValue,
    property: qjs::JSAtom,
) -> c_int {
    // SAFETY: QuickJS gives a live context, object and atom, and a writable descriptor or null.
    unsafe {
        let (Some(ctx), Some(contents)) = (context(ctx), Contents::of(object)) else { return 0 };
        match atom_text(&ctx, property).and_then(|name| name.map_or(Ok(None), |name| contents.own(&ctx, &name))) {
            Ok(Some(value)) => {
                if let Some(descriptor) = descriptor.as_mut() {
                    let is_fallback = class_of(object) == contents.classes.fallback;
                    let flags = if is_fallback { qjs::JS_PROP_C_W_E } else { qjs::JS_PROP_ENUMERABLE };
                    descriptor.flags = flags as c_int;
                    descriptor.getter = qjs::JS_UNDEFINED;
                    descriptor.setter = qjs::JS_UNDEFINED;
                    descriptor.value = qjs::JS_DupValue(ctx.as_raw().as_ptr(), value.as_raw());
                }
                1
            }
            Ok(None) => 0,
            Err(error) => throw(&ctx, &error),
        }
    }
}

unsafe extern "C" fn get_property(
    ctx: *mut qjs::JSContext,
    object: qjs::JSValue,
    property: qjs::JSAtom,
    _receiver: qjs::JSValue,
) -> qjs::JSValue {
    // SAFETY: QuickJS gives a live context, object and atom.
    unsafe {
        let (Some(ctx), Some(contents)) = (context(ctx), Contents::of(object)) else { return qjs::JS_UNDEFINED };
        let raw = ctx.as_raw().as_ptr();
        let name = match atom_text(&ctx, property) {
            Ok(name) => name,
            Err(_) => return qjs::JS_EXCEPTION,
        };
        let own = name.as_deref().map_or(Ok(None), |name| contents.own(&ctx, name));
        match own {
            Ok(Some(value)) => return qjs::JS_DupValue(raw, value.as_raw()),
            Ok(None) => {}
            Err(error) => {
                throw(&ctx, &error);
                return qjs::JS_EXCEPTION;
            }
        }
        let prototype = Value::from_raw(ctx.clone(), qjs::JS_GetPrototype(raw, object));
        if prototype.is_object() && qjs::JS_HasProperty(raw, prototype.as_raw(), property) != 0 {
            return qjs::JS_GetProperty(raw, prototype.as_raw(), property);
        }
        let Some(name) = name else { return qjs::JS_UNDEFINED };
        match contents.lookup.missing(&ctx, &name) {
            Ok(Some(value)) => qjs::JS_DupValue(raw, value.as_raw()),
            Ok(None) => qjs::JS_UNDEFINED,
            Err(error) => {
                throw(&ctx, &error);
                qjs::JS_EXCEPTION
            }
        }
    }
}

unsafe extern "C" fn get_own_property_names(
    ctx: *mut qjs::JSContext,
    table: *mut *mut qjs::JSPropertyEnum,
    length: *mut u32,
    object: qjs::JSValue,
) -> c_int {
    // SAFETY: QuickJS gives a live context and object, and takes over the table, which js_malloc made.
    unsafe {
        let Some(contents) = Contents::of(object) else { return -1 };
        let names = contents.lookup.names();
        let bytes = size_of::<qjs::JSPropertyEnum>() * names.len().max(1);
        let entries = qjs::js_malloc(ctx, bytes as qjs::size_t).cast::<qjs::JSPropertyEnum>();
        if entries.is_null() {
            return -1;
        }
        for (index, name) in names.iter().enumerate() {
            let atom = qjs::JS_NewAtomLen(ctx, name.as_ptr().cast(), name.len() as qjs::size_t);
            if atom == qjs::JS_ATOM_NULL as qjs::JSAtom {
                for made in 0..index {
                    qjs::JS_FreeAtom(ctx, (*entries.add(made)).atom);
                }
                qjs::js_free(ctx, entries.cast());
                return -1;
            }
            entries.add(index).write(qjs::JSPropertyEnum { is_enumerable: true, atom });
        }
        *table = entries;
        *length = names.len() as u32;
        0
    }
}

unsafe extern "C" fn set_property(
    ctx: *mut qjs::JSContext,
    _object: qjs::JSValue,
    _property: qjs::JSAtom,
    _value: qjs::JSValue,
    _receiver: qjs::JSValue,
    _flags: c_int,
) -> c_int {
    // SAFETY: QuickJS gives a live context.
    unsafe { refuse(ctx) }
}

unsafe extern "C" fn define_own_property(
    ctx: *mut qjs::JSContext,
    _object: qjs::JSValue,
    _property: qjs::JSAtom,
    _value: qjs::JSValue,
    _getter: qjs::JSValue,
    _setter: qjs::JSValue,
    _flags: c_int,
) -> c_int {
    // SAFETY: QuickJS gives a live context.
    unsafe { refuse(ctx) }
}

unsafe extern "C" fn delete_property(ctx: *mut qjs::JSContext, _object: qjs::JSValue, _property: qjs::JSAtom) -> c_int {
    // SAFETY: QuickJS gives a live context.
    unsafe { refuse(ctx) }
}

/// # Safety
/// `ctx` is live.
unsafe fn refuse(ctx: *mut qjs::JSContext) -> c_int {
    // SAFETY: a constant format without arguments.
    unsafe { qjs::JS_ThrowTypeError(ctx, c"tools and their servers are read-only".as_ptr()) };
    -1
}

/// # Safety
/// `object` is live.
unsafe fn class_of(object: qjs::JSValue) -> qjs::JSClassID {
    // SAFETY: as promised by the caller.
    unsafe { qjs::JS_GetClassID(object) }
}

/// Makes an error of Rust the pending exception.
fn throw(ctx: &Ctx<'_>, error: &Error) -> c_int {
    if !matches!(error, Error::Exception) {
        // SAFETY: only sets the pending exception.
        unsafe { qjs::JS_ThrowOutOfMemory(ctx.as_raw().as_ptr()) };
    }
    -1
}
