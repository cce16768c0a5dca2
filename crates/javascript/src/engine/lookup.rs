#![allow(unsafe_code)] // rquickjs's exotic classes cannot tell symbols from strings, nor a missing property from `undefined`.

//! Objects whose properties are made in Rust when they are first asked for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_int;
use std::ptr::NonNull;

use rquickjs::{Ctx, Error, Object, Value, qjs};

use super::atom_text;

/// The properties of an object.
pub(crate) trait Lookup: 'static {
    /// An own property; asked once for each name that there is.
    fn own<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error>;

    /// What reading a name gives that is neither own nor inherited; `None` is `undefined`.
    fn missing<'js>(&self, _ctx: &Ctx<'js>, _name: &str) -> Result<Option<Value<'js>>, Error> {
        Ok(None)
    }

    /// The names of the own properties.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The two classes of lookup objects, registered once per runtime.
#[derive(Clone, Copy)]
pub(crate) struct LookupClasses {
    read_only: qjs::JSClassID,
    fallback: qjs::JSClassID,
}

struct Contents {
    lookup: Box<dyn Lookup>,
    classes: LookupClasses,
    made: RefCell<HashMap<String, qjs::JSValue>>,
}

static READ_ONLY: qjs::JSClassExoticMethods = qjs::JSClassExoticMethods {
    get_own_property: Some(get_own_property),
    get_own_property_names: Some(get_own_property_names),
    delete_property: Some(delete_property),
    define_own_property: Some(define_own_property),
    has_property: None,
    get_property: Some(get_property),
    set_property: Some(set_property),
};

static FALLBACK: qjs::JSClassExoticMethods = qjs::JSClassExoticMethods {
    get_own_property: Some(get_own_property),
    get_own_property_names: None,
    delete_property: None,
    define_own_property: None,
    has_property: None,
    get_property: None,
    set_property: None,
};

impl LookupClasses {
    /// Registers the classes with the runtime of `ctx`.
    pub(crate) fn register(ctx: &Ctx<'_>) -> Result<Self, Error> {
        Ok(Self { read_only: register(ctx, &READ_ONLY)?, fallback: register(ctx, &FALLBACK)? })
    }

    /// An object that scripts can only read.
    pub(crate) fn read_only<'js>(self, ctx: &Ctx<'js>, lookup: impl Lookup) -> Result<Object<'js>, Error> {
        self.make(ctx, self.read_only, lookup)
    }

    /// An object to stand in a prototype chain: it offers names and hinders nothing.
    pub(crate) fn fallback<'js>(self, ctx: &Ctx<'js>, lookup: impl Lookup) -> Result<Object<'js>, Error> {
        self.make(ctx, self.fallback, lookup)
    }

    fn make<'js>(self, ctx: &Ctx<'js>, class: qjs::JSClassID, lookup: impl Lookup) -> Result<Object<'js>, Error> {
        let prototype: Value<'js> =
            Object::new(ctx.clone())?.get_prototype().map_or_else(|| Value::new_null(ctx.clone()), Object::into_value);
        let contents = Contents { lookup: Box::new(lookup), classes: self, made: RefCell::default() };
        // SAFETY: the class is registered; the object takes over the box, which its finalizer frees.
        unsafe {
            let object = qjs::JS_NewObjectProtoClass(ctx.as_raw().as_ptr(), prototype.as_raw(), class);
            if qjs::JS_IsException(object) {
                return Err(Error::Exception);
            }
            qjs::JS_SetOpaque(object, Box::into_raw(Box::new(contents)).cast());
            Value::from_raw(ctx.clone(), object).into_object().ok_or(Error::Unknown)
        }
    }
}

fn register(ctx: &Ctx<'_>, methods: &'static qjs::JSClassExoticMethods) -> Result<qjs::JSClassID, Error> {
    let definition = qjs::JSClassDef {
        class_name: c"Object".as_ptr(),
        finalizer: Some(finalize),
        gc_mark: Some(mark),
        call: None,
        exotic: std::ptr::from_ref(methods).cast_mut(),
    };
    let mut class = 0;
    // SAFETY: the definition is only read during the call; the methods are static and never written.
    unsafe {
        let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_NewClassID(runtime, &raw mut class);
        if qjs::JS_NewClass(runtime, class, &raw const definition) < 0 {
            return Err(Error::Exception);
        }
    }
    Ok(class)
}

/// The contents of a lookup object.
///
/// # Safety
/// `object` is a live object of one of the two classes.
unsafe fn contents<'a>(object: qjs::JSValue) -> Option<&'a Contents> {
    let mut class = 0;
    // SAFETY: as promised by the caller, the opaque pointer is null or a `Contents` that lives as long as the object.
    unsafe { qjs::JS_GetAnyOpaque(object, &raw mut class).cast::<Contents>().as_ref() }
}

/// # Safety
/// As for every callback: QuickJS gives a live context.
unsafe fn context<'js>(ctx: *mut qjs::JSContext) -> Option<Ctx<'js>> {
    // SAFETY: the context is live during the callback, and the clone holds on to it.
    NonNull::new(ctx).map(|ctx| unsafe { Ctx::from_raw(ctx) })
}

impl Contents {
    fn own<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error> {
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

unsafe extern "C" fn finalize(runtime: *mut qjs::JSRuntime, object: qjs::JSValue) {
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

unsafe extern "C" fn mark(runtime: *mut qjs::JSRuntime, object: qjs::JSValue, mark: qjs::JS_MarkFunc) {
    // SAFETY: QuickJS calls this for live objects of the class.
    if let Some(made) = unsafe { contents(object) }.and_then(|contents| contents.made.try_borrow().ok()) {
        for value in made.values() {
            // SAFETY: the cache owns the value.
            unsafe { qjs::JS_MarkValue(runtime, *value, mark) };
        }
    }
}

unsafe extern "C" fn get_own_property(
    ctx: *mut qjs::JSContext,
    descriptor: *mut qjs::JSPropertyDescriptor,
    object: qjs::JSValue,
    property: qjs::JSAtom,
) -> c_int {
    // SAFETY: QuickJS gives a live context, object and atom, and a writable descriptor or null.
    unsafe {
        let (Some(ctx), Some(contents)) = (context(ctx), contents(object)) else { return 0 };
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
        let (Some(ctx), Some(contents)) = (context(ctx), contents(object)) else { return qjs::JS_UNDEFINED };
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
        let Some(contents) = contents(object) else { return -1 };
        let names = contents.lookup.names();
        let bytes = size_of::<qjs::JSPropertyEnum>() * names.len().max(1);
        let entries = qjs::js_malloc(ctx, bytes as qjs::size_t).cast::<qjs::JSPropertyEnum>();
        if entries.is_null() {
            return -1;
        }
        for (index, name) in names.iter().enumerate() {
            let atom = qjs::JS_NewAtomLen(ctx, name.as_ptr().cast(), name.len() as qjs::size_t);
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
