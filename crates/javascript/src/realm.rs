//! What the session needs of the standard library, taken before any script could change it.

#![allow(unsafe_code)] // `JsLifetime` is an unsafe trait; the derive macro would cost several build dependencies.

use rquickjs::function::{Constructor, This};
use rquickjs::object::Property;
use rquickjs::{Ctx, Error, Function, JsLifetime, Object, Value};

use crate::step::FailureKind;

/// Untouched originals, and the kinds of the errors that the session itself made.
pub(crate) struct Realm<'js> {
    pub(crate) error: Constructor<'js>,
    stack_of: Function<'js>,
    kinds: Object<'js>,
    kinds_get: Function<'js>,
    kinds_set: Function<'js>,
}

// SAFETY: the only lifetime is that of the contained values.
unsafe impl<'js> JsLifetime<'js> for Realm<'js> {
    type Changed<'to> = Realm<'to>;
}

const KINDS: [FailureKind; 12] = [
    FailureKind::Syntax,
    FailureKind::Runtime,
    FailureKind::Tool,
    FailureKind::Arguments,
    FailureKind::UnknownTool,
    FailureKind::Timeout,
    FailureKind::Compute,
    FailureKind::Memory,
    FailureKind::Stack,
    FailureKind::Calls,
    FailureKind::Result,
    FailureKind::Unsettled,
];

impl<'js> Realm<'js> {
    /// Takes the originals of a context in which nothing has run yet.
    pub(crate) fn capture(ctx: &Ctx<'js>) -> Result<Self, Error> {
        let globals = ctx.globals();
        let error: Constructor<'js> = globals.get("Error")?;
        let prototype: Object<'js> = error.get("prototype")?;
        let reflect: Object<'js> = globals.get("Reflect")?;
        let descriptor_of: Function<'js> = reflect.get("getOwnPropertyDescriptor")?;
        let stack: Object<'js> = descriptor_of.call((prototype, "stack"))?;
        let weak_map: Constructor<'js> = globals.get("WeakMap")?;
        let kinds: Object<'js> = weak_map.construct(())?;
        let (kinds_get, kinds_set) = (kinds.get("get")?, kinds.get("set")?);
        Ok(Self { error, stack_of: stack.get("get")?, kinds, kinds_get, kinds_set })
    }

    /// The stack of an error as QuickJS recorded it, whatever the script did to the error since.
    pub(crate) fn stack_of(&self, error: &Object<'js>) -> Option<rquickjs::String<'js>> {
        let stack = self.stack_of.call::<_, Value<'js>>((This(error.clone()),));
        match stack {
            Ok(stack) => stack.into_string(),
            Err(_) => {
                error.ctx().catch();
                None
            }
        }
    }

    /// Says what an error is called when the script does not catch it.
    pub(crate) fn set_kind(&self, error: &Object<'js>, kind: FailureKind) -> Result<(), Error> {
        self.kinds_set.call::<_, Value<'js>>((This(self.kinds.clone()), error.clone(), kind as u8)).map(drop)
    }

    /// What [`Self::set_kind`] said of an error.
    pub(crate) fn kind_of(&self, error: &Object<'js>) -> Option<FailureKind> {
        let kind: Value<'js> = self.kinds_get.call((This(self.kinds.clone()), error.clone())).ok()?;
        KINDS.into_iter().find(|known| kind.as_int() == Some(i32::from(*known as u8)))
    }
}

/// Takes away what a script must not have, and what would let it reach into the session.
pub(crate) fn harden(ctx: &Ctx<'_>) -> Result<(), Error> {
    let globals = ctx.globals();
    for name in ["eval", "Function", "InternalError", "performance", "navigator", "print", "gc", "std", "os", "bjson"] {
        if globals.contains_key(name)? && name != "InternalError" {
            globals.remove(name)?;
        }
    }
    let error: Object<'_> = globals.get("Error")?;
    error.remove("prepareStackTrace")?;
    error.remove("stackTraceLimit")?;
    Ok(())
}

/// Gives an object a property that no setter of the script can intercept.
pub(crate) fn define<'js>(object: &Object<'js>, name: &str, value: Value<'js>) -> Result<(), Error> {
    object.prop(name, Property::from(value).writable().configurable().enumerable())
}
