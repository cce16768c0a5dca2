//! Which class of the standard library an object belongs to, whatever its prototype says.

use std::cell::Cell;

use rquickjs::function::Constructor;
use rquickjs::{Ctx, Error, Function, Object, Value};

use crate::engine::class_of;

/// The numbers of the classes that the session tells apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Classes {
    pub(crate) map: u32,
    pub(crate) set: u32,
    pub(crate) date: u32,
    pub(crate) regexp: u32,
    pub(crate) number: u32,
    pub(crate) string: u32,
    pub(crate) boolean: u32,
    pub(crate) bigint: u32,
    pub(crate) weak: [u32; 3],
    pub(crate) typed_arrays: (u32, u32),
}

thread_local! {
    /// The numbers are the same in every runtime.
    static KNOWN: Cell<Option<Classes>> = const { Cell::new(None) };
}

impl Classes {
    /// Finds the numbers in a context in which no script has run yet.
    pub(crate) fn of(ctx: &Ctx<'_>) -> Result<Self, Error> {
        match KNOWN.get() {
            Some(known) => Ok(known),
            None => {
                let found = Self::find(ctx)?;
                KNOWN.set(Some(found));
                Ok(found)
            }
        }
    }

    fn find<'js>(ctx: &Ctx<'js>) -> Result<Self, Error> {
        let globals = ctx.globals();
        let class = |name: &str| -> Result<u32, Error> {
            let constructor: Constructor<'_> = globals.get(name)?;
            Ok(class_of(&constructor.construct::<_, Value<'_>>(())?))
        };
        let to_object: Function<'js> = globals.get("Object")?;
        let boxed =
            |value: Value<'js>| -> Result<u32, Error> { Ok(class_of(&to_object.call::<_, Value<'_>>((value,))?)) };
        let weak_ref: Constructor<'_> = globals.get("WeakRef")?;
        let weak_ref: Value<'_> = weak_ref.construct((Object::new(ctx.clone())?,))?;
        Ok(Self {
            map: class("Map")?,
            set: class("Set")?,
            date: class("Date")?,
            regexp: class("RegExp")?,
            number: class("Number")?,
            string: class("String")?,
            boolean: class("Boolean")?,
            bigint: boxed(Value::new_big_int(ctx.clone(), 0)?)?,
            weak: [class("WeakMap")?, class("WeakSet")?, class_of(&weak_ref)],
            typed_arrays: (class("Uint8ClampedArray")?, class("Float64Array")?),
        })
    }

    pub(crate) fn is_typed_array(&self, class: u32) -> bool {
        let (one, other) = self.typed_arrays;
        (one.min(other)..=one.max(other)).contains(&class)
    }
}
