use rquickjs::function::This;
use rquickjs::object::Filter;
use rquickjs::{Atom, Ctx, Error, Function, Object, Value};

use super::MEMBERS;
use crate::realm::Realm;

/// What reading an own property without running code of the script gives.
pub(super) enum Own<'js> {
    Value(Value<'js>),
    Accessor(&'static str),
}

/// An own property; getters are named and not called.
pub(super) fn own<'js>(ctx: &Ctx<'js>, object: &Object<'js>, key: Atom<'js>) -> Option<Own<'js>> {
    let key = key.to_value().ok()?;
    own_by_value(ctx, object, key)
}

/// The same by a name.
pub(super) fn own_named<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<Value<'js>> {
    let key = rquickjs::String::from_str(ctx.clone(), name).ok()?.into_value();
    match own_by_value(ctx, object, key)? {
        Own::Value(value) => Some(value),
        Own::Accessor(_) => None,
    }
}

fn own_by_value<'js>(ctx: &Ctx<'js>, object: &Object<'js>, key: Value<'js>) -> Option<Own<'js>> {
    if object.as_value().is_proxy() {
        return None;
    }
    let read = Realm::with(ctx, |realm| {
        let descriptor: Value<'js> = realm.descriptor_of.call((object.clone(), key))?;
        let Some(descriptor) = descriptor.into_object() else { return Ok(None) };
        if descriptor.contains_key("value")? {
            return Ok(Some(Own::Value(descriptor.get("value")?)));
        }
        let has = |name: &str| -> Result<bool, Error> { Ok(descriptor.get::<_, Value<'js>>(name)?.is_function()) };
        Ok(Some(Own::Accessor(match (has("get")?, has("set")?) {
            (true, true) => "[Getter/Setter]",
            (true, false) => "[Getter]",
            _ => "[Setter]",
        })))
    });
    quietly(ctx, read).flatten()
}

/// The first own enumerable string keys, and how many there are.
pub(super) fn keys<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> (Vec<Atom<'js>>, usize) {
    let keys = object.own_keys::<Atom<'js>>(Filter::new().string().enum_only());
    let count = keys.len();
    let first: Result<Vec<_>, Error> = keys.take(MEMBERS).collect();
    (quietly(ctx, first).unwrap_or_default(), count)
}

/// The first entries of a map, or the first values of a set.
pub(super) fn collected<'js>(
    ctx: &Ctx<'js>,
    collection: &Object<'js>,
    iterate: impl FnOnce(&Realm<'js>) -> (Function<'js>, Function<'js>),
) -> Vec<Value<'js>> {
    let values = Realm::with(ctx, |realm| {
        let (begin, next) = iterate(realm);
        let iterator: Object<'js> = begin.call((This(collection.clone()),))?;
        let mut values = Vec::new();
        while values.len() < MEMBERS {
            let step: Object<'js> = next.call((This(iterator.clone()),))?;
            if step.get::<_, bool>("done")? {
                break;
            }
            values.push(step.get("value")?);
        }
        Ok(values)
    });
    quietly(ctx, values).unwrap_or_default()
}

/// Calls an original method of the standard library.
pub(super) fn call<'js>(
    ctx: &Ctx<'js>,
    object: &Object<'js>,
    method: impl FnOnce(&Realm<'js>) -> Function<'js>,
) -> Option<Value<'js>> {
    quietly(ctx, Realm::with(ctx, |realm| method(realm).call((This(object.clone()),))))
}

/// The result, or nothing: an exception on the way is of no interest to the script.
pub(super) fn quietly<T>(ctx: &Ctx<'_>, result: Result<T, Error>) -> Option<T> {
    result.map_err(|_| drop(ctx.catch())).ok()
}
