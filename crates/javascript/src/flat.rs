//! `Array.prototype.flat`, without recursion.

use rquickjs::function::{Opt, This};
use rquickjs::{Array, Coerced, Ctx, Error, FromJs, Function, Object, Value};

use crate::engine::interrupt;
use crate::realm::{Realm, define_hidden};

/// Steps that one element costs.
const STEPS_PER_ELEMENT: u64 = 8;

/// An array that is being flattened.
struct Frame<'js> {
    array: Object<'js>,
    length: u64,
    next: u64,
}

/// Replaces the recursive original, which needs more native stack than it knows.
pub(crate) fn install<'js>(ctx: &Ctx<'js>) -> Result<(), Error> {
    let array: Object<'js> = ctx.globals().get::<_, Object<'js>>("Array")?.get("prototype")?;
    let flat = move |ctx: Ctx<'js>, this: This<Value<'js>>, depth: Opt<Value<'js>>| flat(&ctx, this.0, depth.0);
    define_hidden(&array, "flat", Function::new(ctx.clone(), flat)?.with_name("flat")?.with_length(0)?)
}

/// ECMA-262, FlattenIntoArray.
fn flat<'js>(ctx: &Ctx<'js>, this: Value<'js>, depth: Option<Value<'js>>) -> Result<Array<'js>, Error> {
    let this = Realm::with(ctx, |realm| realm.to_object.call::<_, Object<'js>>((this,)))?;
    let depth = match depth.filter(|depth| !depth.is_undefined()) {
        Some(depth) => Coerced::<f64>::from_js(ctx, depth)?.0,
        None => 1.0,
    };
    let flattened = Array::new(ctx.clone())?;
    let mut count = 0;
    let mut frames = vec![frame(this)?];
    while let Some(frame) = frames.last_mut() {
        if !Realm::with(ctx, |realm| Ok(realm.run.meter.charge(STEPS_PER_ELEMENT)))? {
            return Err(interrupt(ctx));
        }
        let index = frame.next;
        if index >= frame.length {
            frames.pop();
            continue;
        }
        frame.next += 1;
        if !frame.array.contains_key(index as f64)? {
            continue;
        }
        let element: Value<'js> = frame.array.get(index as f64)?;
        let array = match element.as_object() {
            Some(object) if Realm::with(ctx, |realm| realm.is_array(object))? => Some(object.clone()),
            _ => None,
        };
        match array {
            Some(array) if (frames.len() as f64) <= depth => frames.push(self::frame(array)?),
            _ => {
                flattened.set(count, element)?;
                count += 1;
            }
        }
    }
    Ok(flattened)
}

fn frame(array: Object<'_>) -> Result<Frame<'_>, Error> {
    let length = array.get::<_, Coerced<f64>>("length")?.0;
    Ok(Frame { array, length: if length > 0.0 { length as u64 } else { 0 }, next: 0 })
}
