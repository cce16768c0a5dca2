//! Bounds how many proxies, bound functions and iterators wrap one another.
//!
//! QuickJS goes through such a chain natively, and sees less of the stack that this takes than there is:
//! the native stack would overflow before its check fails.

use std::ffi::CStr;

use rquickjs::function::{IntoJsFunc, ParamRequirement, Params, This};
use rquickjs::object::Property;
use rquickjs::{Array, Ctx, Error, Function, Object, Value};

use crate::engine::bound_links;
use crate::realm::{Kept, Realm, define_hidden, throw_limit_error, throw_type_error};
use crate::step::FailureKind;

/// Links of a chain.
const LIMIT: i32 = 32;

/// What a longer one is called.
const TOO_LONG: &str = "more than 32 proxies, bound functions or iterators in a chain";

/// Prototypes that are looked at for a link.
const ANCESTORS: usize = 1000;

/// Methods of iterators that wrap the iterator in another.
const WRAPPING_METHODS: [&CStr; 7] = [c"chunks", c"drop", c"filter", c"flatMap", c"map", c"take", c"windows"];

/// Functions of `Iterator` that wrap their arguments in an iterator.
const WRAPPING_FUNCTIONS: [&CStr; 2] = [c"from", c"concat"];

/// Functions that wrap iterators too, are in no edition of the language yet, and are compiled where they are read.
const REMOVED_FUNCTIONS: [&str; 2] = ["zip", "zipKeyed"];

/// Bounds the chains of a context.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<(), Error> {
    let globals = ctx.globals();
    let function: Object<'_> = globals.get::<_, Object<'_>>("Function")?.get("prototype")?;
    bound_links(&function, c"bind", Links::This)?;
    let iterator: Object<'_> = globals.get("Iterator")?;
    let iterators: Object<'_> = iterator.get("prototype")?;
    for name in WRAPPING_METHODS {
        bound_links(&iterators, name, Links::This)?;
    }
    for name in WRAPPING_FUNCTIONS {
        bound_links(&iterator, name, Links::Arguments)?;
    }
    for name in REMOVED_FUNCTIONS {
        iterator.remove(name)?;
    }
    let proxy: Object<'_> = globals.get("Proxy")?;
    bound_links(&proxy, c"revocable", Links::Revocable)?;
    let kept = Realm::keep(ctx, globals.get("Proxy")?)?;
    let constructor = Function::new(ctx.clone(), BoundedProxy(kept))?;
    let constructor = constructor.with_name("Proxy")?.with_length(2)?;
    constructor.set_constructor(true);
    define_hidden(&constructor, "revocable", proxy.get::<_, Value<'_>>("revocable")?)?;
    define_hidden(&globals, "Proxy", constructor)?;
    keep_proxies_out_of_prototypes(ctx, &globals)
}

/// Which values a function wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// `this`
    This,
    /// Every argument.
    Arguments,
    /// The arguments; the wrapper is the property `proxy` of what the function gives.
    Revocable,
}

/// A link that may be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    depth: i32,
}

/// Whether these values may be wrapped once more.
pub(crate) fn admit_link<'js>(ctx: &Ctx<'js>, wrapped: &[Value<'js>]) -> Result<Link, Error> {
    let mut depth = 0;
    for value in wrapped {
        depth = depth.max(depth_of(ctx, value)?);
    }
    if depth >= LIMIT {
        return Err(throw_limit_error(ctx, FailureKind::Stack, TOO_LONG));
    }
    Ok(Link { depth: depth + 1 })
}

impl Link {
    /// Takes notice of what wraps the values now: `made`, or its property `proxy`.
    pub(crate) fn made(self, made: &Value<'_>, is_revocable: bool) -> Result<(), Error> {
        let wrapper = match made.as_object() {
            Some(made) if is_revocable => made.get::<_, Value<'_>>("proxy")?,
            _ => made.clone(),
        };
        match wrapper.as_object() {
            Some(wrapper) => Realm::with(made.ctx(), |realm| realm.set_depth(wrapper, self.depth)),
            None => Ok(()),
        }
    }
}

/// `Proxy`, up to the limit.
struct BoundedProxy(Kept);

impl<'js> IntoJsFunc<'js, ()> for BoundedProxy {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> Result<Value<'js>, Error> {
        let ctx = params.ctx();
        let arguments: Vec<Value<'js>> = (0..params.len()).filter_map(|index| params.arg(index)).collect();
        let link = admit_link(ctx, &arguments)?;
        let made = Realm::with(ctx, |realm| {
            let original = realm.kept(self.0)?;
            let list = Array::new(ctx.clone())?;
            for (index, argument) in arguments.into_iter().enumerate() {
                list.set(index, argument)?;
            }
            match params.is_constructor() {
                true => realm.construct.call::<_, Value<'js>>((original, list, params.this())),
                false => realm.apply.call::<_, Value<'js>>((original, params.this(), list)),
            }
        })?;
        link.made(&made, false)?;
        Ok(made)
    }
}

/// How many links hang on a value, itself and its prototypes included.
fn depth_of<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<i32, Error> {
    let mut object = value.as_object().cloned();
    for _ in 0..ANCESTORS {
        let Some(current) = object else { return Ok(0) };
        if let Some(depth) = Realm::with(ctx, |realm| Ok(realm.depth_of(&current)))? {
            return Ok(depth);
        }
        if current.as_value().is_proxy() {
            return Ok(1);
        }
        object = current.get_prototype();
    }
    Ok(LIMIT)
}

/// A prototype that is set later could make a chain of wrappers that were each made alone.
fn keep_proxies_out_of_prototypes<'js>(ctx: &Ctx<'js>, globals: &Object<'js>) -> Result<(), Error> {
    for holder in ["Object", "Reflect"] {
        let holder: Object<'js> = globals.get(holder)?;
        let original = Realm::keep(ctx, holder.get("setPrototypeOf")?)?;
        let set = move |ctx: Ctx<'js>, object: Value<'js>, prototype: Value<'js>| -> Result<Value<'js>, Error> {
            refuse_proxies(&ctx, &prototype)?;
            Realm::with(&ctx, |realm| realm.kept(original)?.call((object, prototype)))
        };
        let set = Function::new(ctx.clone(), set)?.with_name("setPrototypeOf")?;
        define_hidden(&holder, "setPrototypeOf", set)?;
    }
    let prototype: Object<'js> = globals.get::<_, Object<'js>>("Object")?.get("prototype")?;
    let descriptor: Object<'js> = Realm::with(ctx, |realm| realm.descriptor_of.call((prototype.clone(), "__proto__")))?;
    let original = Realm::keep(ctx, descriptor.get("set")?)?;
    let set = move |ctx: Ctx<'js>, this: This<Value<'js>>, prototype: Value<'js>| -> Result<(), Error> {
        refuse_proxies(&ctx, &prototype)?;
        Realm::with(&ctx, |realm| realm.kept(original)?.call((this, prototype)))
    };
    let set = Function::new(ctx.clone(), set)?.with_name("set __proto__")?;
    descriptor.prop("set", Property::from(set).enumerable())?;
    let define: Function<'js> = globals.get::<_, Object<'js>>("Reflect")?.get("defineProperty")?;
    define.call::<_, Value<'js>>((prototype, "__proto__", descriptor)).map(drop)
}

fn refuse_proxies<'js>(ctx: &Ctx<'js>, prototype: &Value<'js>) -> Result<(), Error> {
    match depth_of(ctx, prototype)? {
        0 => Ok(()),
        _ => Err(throw_type_error(ctx, "a proxy can only be made a prototype where the object is made")),
    }
}
