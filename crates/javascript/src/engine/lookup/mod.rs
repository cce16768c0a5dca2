#![allow(unsafe_code)] // rquickjs's exotic classes cannot tell symbols from strings, nor a missing property from `undefined`.

//! Objects whose properties are made in Rust when they are first asked for.

mod contents;
mod methods;

use rquickjs::{Ctx, Error, Object, Value, qjs};

use contents::{Contents, finalize, mark};
use methods::{FALLBACK, READ_ONLY};

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
        let contents = Contents::new(Box::new(lookup), self);
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
