use rquickjs::function::This;
use rquickjs::object::{Filter, Property};
use rquickjs::{Atom, Ctx, Error, Function, Object, String as JsString, Value};

use super::builtin::SCRIPT_NESTING;
use crate::realm::throw_limit_error;
use crate::run::Run;
use crate::step::FailureKind;

/// What reviving one member costs, apart from the reviver itself.
const STEPS_PER_MEMBER: u64 = 8;

/// An object whose members are being revived.
struct Frame<'js> {
    object: Object<'js>,
    keys: Vec<Atom<'js>>,
    next: usize,
}

/// Calls a reviver for every member of a value, innermost first (ECMA-262, InternalizeJSONProperty).
pub(super) fn revive<'js>(
    ctx: &Ctx<'js>,
    run: &Run,
    value: Value<'js>,
    reviver: &Function<'js>,
) -> Result<Value<'js>, Error> {
    let root = Object::new(ctx.clone())?;
    root.prop("", Property::from(value).writable().configurable().enumerable())?;
    let mut frames = vec![Frame { keys: vec![Atom::from_str(ctx.clone(), "")?], object: root.clone(), next: 0 }];
    loop {
        if !run.meter.charge(STEPS_PER_MEMBER) {
            return Err(crate::engine::interrupt(ctx));
        }
        let Some(frame) = frames.last_mut() else { return Ok(Value::new_undefined(ctx.clone())) };
        let Some(key) = frame.keys.get(frame.next).cloned() else {
            // All members of this object are revived: now its own place in the object around it.
            frames.pop();
            let Some(parent) = frames.last_mut() else { return Ok(Value::new_undefined(ctx.clone())) };
            let (holder, key) = (parent.object.clone(), parent.keys[parent.next].clone());
            parent.next += 1;
            let is_root = frames.len() == 1;
            let revived = replace(&holder, key, reviver, !is_root)?;
            if is_root {
                return Ok(revived);
            }
            continue;
        };
        let value: Value<'js> = frame.object.get(key.clone())?;
        match value.into_object().filter(|object| !object.is_function()) {
            Some(object) => {
                if frames.len() > SCRIPT_NESTING {
                    return Err(throw_limit_error(
                        ctx,
                        FailureKind::Stack,
                        "JSON.parse: the reviver built too deep a value",
                    ));
                }
                let keys =
                    object.own_keys::<Atom<'js>>(Filter::new().string().enum_only()).collect::<Result<_, _>>()?;
                frames.push(Frame { object, keys, next: 0 });
            }
            None => {
                let holder = frame.object.clone();
                frame.next += 1;
                let is_root = frames.len() == 1;
                let revived = replace(&holder, key, reviver, !is_root)?;
                if is_root {
                    return Ok(revived);
                }
            }
        }
    }
}

/// Calls the reviver for one member, and puts what it gives in the member's place.
fn replace<'js>(
    holder: &Object<'js>,
    key: Atom<'js>,
    reviver: &Function<'js>,
    store: bool,
) -> Result<Value<'js>, Error> {
    let value: Value<'js> = holder.get(key.clone())?;
    let name: JsString<'js> = key.to_js_string()?;
    let revived: Value<'js> = reviver.call((This(holder.clone()), name, value))?;
    if store {
        if revived.is_undefined() {
            holder.remove(key)?;
        } else {
            // A member that cannot be changed stays as it is.
            let stored = holder.prop(key, Property::from(revived.clone()).writable().configurable().enumerable());
            if stored.is_err() {
                holder.ctx().catch();
            }
        }
    }
    Ok(revived)
}
