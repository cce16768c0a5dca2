//! What the session needs of the standard library, taken before any script could change it.

#![allow(unsafe_code)] // `JsLifetime` is an unsafe trait; the derive macro would cost several build dependencies.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::function::{Constructor, This};
use rquickjs::object::Property;
use rquickjs::{Ctx, Error, Function, IntoJs, JsLifetime, Object, Value};

use crate::classes::Classes;
use crate::engine::class_of;
use crate::run::Run;
use crate::step::FailureKind;

/// A function that the realm holds on to. A function of Rust cannot: the garbage collector would not see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept(usize);

/// Untouched originals, and the kinds of the errors that the session itself made.
pub(crate) struct Realm<'js> {
    pub(crate) classes: Classes,
    pub(crate) descriptor_of: Function<'js>,
    pub(crate) apply: Function<'js>,
    pub(crate) construct: Function<'js>,
    pub(crate) to_object: Function<'js>,
    stack_of: Function<'js>,
    is_array: Function<'js>,
    pub(crate) map_entries: Function<'js>,
    pub(crate) map_next: Function<'js>,
    pub(crate) set_values: Function<'js>,
    pub(crate) set_next: Function<'js>,
    pub(crate) date: Function<'js>,
    pub(crate) date_to_iso: Function<'js>,
    pub(crate) date_to_string: Function<'js>,
    pub(crate) regexp_to_string: Function<'js>,
    pub(crate) json_parse: Function<'js>,
    pub(crate) bigint_prototype: Object<'js>,
    pub(crate) run: Rc<Run>,
    boolean_value: Function<'js>,
    bigint_value: Function<'js>,
    map_size: Function<'js>,
    set_size: Function<'js>,
    error: Constructor<'js>,
    range_error: Constructor<'js>,
    type_error: Constructor<'js>,
    kinds: Object<'js>,
    depths: Object<'js>,
    kept: RefCell<Vec<Function<'js>>>,
    weak_get: Function<'js>,
    weak_set: Function<'js>,
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
    /// Takes the originals of a context in which no script has run yet.
    pub(crate) fn capture(ctx: &Ctx<'js>, run: Rc<Run>) -> Result<Self, Error> {
        let globals = ctx.globals();
        let reflect: Object<'js> = globals.get("Reflect")?;
        let descriptor_of: Function<'js> = reflect.get("getOwnPropertyDescriptor")?;
        let error: Constructor<'js> = globals.get("Error")?;
        let getter = |class: &str, name: &str| -> Result<Function<'js>, Error> {
            let prototype = prototype(&globals, class)?;
            descriptor_of.call::<_, Object<'js>>((prototype, name))?.get("get")
        };
        let kinds = new(&globals, "WeakMap")?;
        let (map, set) = (new(&globals, "Map")?, new(&globals, "Set")?);
        let map_entries: Function<'js> = map.get("entries")?;
        let date = new(&globals, "Date")?;
        let set_values: Function<'js> = set.get("values")?;
        let map_iterator: Object<'js> = map_entries.call((This(map),))?;
        let set_iterator: Object<'js> = set_values.call((This(set),))?;
        Ok(Self {
            classes: Classes::of(ctx)?,
            apply: reflect.get("apply")?,
            construct: reflect.get("construct")?,
            to_object: globals.get("Object")?,
            depths: new(&globals, "WeakMap")?,
            kept: RefCell::default(),
            is_array: globals.get::<_, Object<'js>>("Array")?.get("isArray")?,
            stack_of: getter("Error", "stack")?,
            map_size: getter("Map", "size")?,
            set_size: getter("Set", "size")?,
            json_parse: globals.get::<_, Object<'js>>("JSON")?.get("parse")?,
            boolean_value: prototype(&globals, "Boolean")?.get("valueOf")?,
            bigint_prototype: prototype(&globals, "BigInt")?,
            bigint_value: prototype(&globals, "BigInt")?.get("valueOf")?,
            run,
            map_next: map_iterator.get("next")?,
            set_next: set_iterator.get("next")?,
            map_entries,
            set_values,
            date: globals.get("Date")?,
            date_to_iso: date.get("toISOString")?,
            date_to_string: date.get("toString")?,
            regexp_to_string: new(&globals, "RegExp")?.get("toString")?,
            range_error: globals.get("RangeError")?,
            type_error: globals.get("TypeError")?,
            weak_get: kinds.get("get")?,
            weak_set: kinds.get("set")?,
            error,
            kinds,
            descriptor_of,
        })
    }

    /// The realm of a context.
    pub(crate) fn with<T>(ctx: &Ctx<'js>, use_it: impl FnOnce(&Self) -> Result<T, Error>) -> Result<T, Error> {
        use_it(&*ctx.userdata::<Self>().ok_or(Error::Unknown)?)
    }

    /// Holds on to a function as long as the context lives.
    pub(crate) fn keep(ctx: &Ctx<'js>, function: Function<'js>) -> Result<Kept, Error> {
        Self::with(ctx, |realm| {
            let mut kept = realm.kept.borrow_mut();
            kept.push(function);
            Ok(Kept(kept.len() - 1))
        })
    }

    /// A function that was given to [`Self::keep`].
    pub(crate) fn kept(&self, kept: Kept) -> Result<Function<'js>, Error> {
        self.kept.borrow().get(kept.0).cloned().ok_or(Error::Unknown)
    }

    /// Says how many wrappers hang on an object.
    pub(crate) fn set_depth(&self, object: &Object<'js>, depth: i32) -> Result<(), Error> {
        self.weak_set.call::<_, Value<'js>>((This(self.depths.clone()), object.clone(), depth)).map(drop)
    }

    /// What [`Self::set_depth`] said of an object.
    pub(crate) fn depth_of(&self, object: &Object<'js>) -> Option<i32> {
        let depth: Value<'js> = self.weak_get.call((This(self.depths.clone()), object.clone())).ok()?;
        depth.as_int()
    }

    /// The length of a primitive string.
    pub(crate) fn length_of(&self, string: &Value<'js>) -> Result<f64, Error> {
        self.to_object.call::<_, Object<'js>>((string.clone(),))?.get("length")
    }

    /// Whether an object is an array, or a proxy of one (ECMA-262, IsArray).
    pub(crate) fn is_array(&self, object: &Object<'js>) -> Result<bool, Error> {
        match object.as_value().is_proxy() {
            true => self.is_array.call((object.clone(),)),
            false => Ok(object.is_array()),
        }
    }

    /// A new `Error`.
    pub(crate) fn error(&self, message: &str) -> Result<Object<'js>, Error> {
        self.error.construct((message,))
    }

    /// How many entries a map or a set has.
    pub(crate) fn size_of(&self, collection: &Object<'js>) -> Result<f64, Error> {
        let is_map = class_of(collection.as_value()) == self.classes.map;
        let size = if is_map { &self.map_size } else { &self.set_size };
        size.call((This(collection.clone()),))
    }

    /// The primitive in a `Boolean` or `BigInt` object.
    pub(crate) fn unboxed(&self, boxed: &Value<'js>) -> Result<Value<'js>, Error> {
        let is_boolean = class_of(boxed) == self.classes.boolean;
        let value = if is_boolean { &self.boolean_value } else { &self.bigint_value };
        value.call((This(boxed.clone()),))
    }

    /// The stack of an error as QuickJS recorded it, whatever the script did to the error since.
    pub(crate) fn recorded_stack(&self, error: &Object<'js>) -> Option<rquickjs::String<'js>> {
        let stack = self.stack_of.call::<_, Value<'js>>((This(error.clone()),));
        stack.map_err(|_| error.ctx().catch()).ok()?.into_string()
    }

    /// Says what an error is called when the script does not catch it.
    pub(crate) fn set_kind(&self, error: &Object<'js>, kind: FailureKind) -> Result<(), Error> {
        self.weak_set.call::<_, Value<'js>>((This(self.kinds.clone()), error.clone(), kind as u8)).map(drop)
    }

    /// What [`Self::set_kind`] said of an error.
    pub(crate) fn kind_of(&self, error: &Object<'js>) -> Option<FailureKind> {
        let kind: Value<'js> = self.weak_get.call((This(self.kinds.clone()), error.clone())).ok()?;
        KINDS.into_iter().find(|known| kind.as_int() == Some(i32::from(*known as u8)))
    }
}

fn prototype<'js>(globals: &Object<'js>, class: &str) -> Result<Object<'js>, Error> {
    globals.get::<_, Object<'js>>(class)?.get("prototype")
}

fn new<'js>(globals: &Object<'js>, class: &str) -> Result<Object<'js>, Error> {
    globals.get::<_, Constructor<'js>>(class)?.construct(())
}

/// Throws a `RangeError`.
pub(crate) fn throw_range_error(ctx: &Ctx<'_>, message: &str) -> Error {
    throw(ctx, message, |realm| &realm.range_error)
}

/// Throws a `RangeError` that is a failure of this kind when the script does not catch it.
pub(crate) fn throw_limit_error(ctx: &Ctx<'_>, kind: FailureKind, message: &str) -> Error {
    let thrown = throw_range_error(ctx, message);
    let error = ctx.catch();
    if let Some(error) = error.as_object().filter(|error| error.is_error())
        && Realm::with(ctx, |realm| realm.set_kind(error, kind)).is_err()
    {
        // Out of memory: the exception that says so is pending.
        return thrown;
    }
    ctx.throw(error)
}

/// Throws a `TypeError`.
pub(crate) fn throw_type_error(ctx: &Ctx<'_>, message: &str) -> Error {
    throw(ctx, message, |realm| &realm.type_error)
}

fn throw<'js>(
    ctx: &Ctx<'js>,
    message: &str,
    class: impl for<'a> FnOnce(&'a Realm<'js>) -> &'a Constructor<'js>,
) -> Error {
    let made = Realm::with(ctx, |realm| class(realm).construct::<_, Value<'js>>((message,)));
    match made {
        Ok(error) => ctx.throw(error),
        Err(error) => error,
    }
}

/// Gives an object a property that no setter of the script can intercept.
pub(crate) fn define<'js>(object: &Object<'js>, name: &str, value: impl IntoJs<'js>) -> Result<(), Error> {
    object.prop(name, Property::from(value.into_js(object.ctx())?).writable().configurable().enumerable())
}

/// The same, hidden from enumeration as the standard library's own properties are.
pub(crate) fn define_hidden<'js>(object: &Object<'js>, name: &str, value: impl IntoJs<'js>) -> Result<(), Error> {
    object.prop(name, Property::from(value.into_js(object.ctx())?).writable().configurable())
}
