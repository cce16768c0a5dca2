//! What becomes of a value before it is written (ECMA-262, SerializeJSONProperty).

use rquickjs::function::This;
use rquickjs::{Coerced, Ctx, Error, FromJs, Function, Object, String as JsString, Value};

use crate::classes::Classes;
use crate::engine::class_of;
use crate::realm::{Realm, define};

/// Applies `toJSON` and the replacer, and opens boxed primitives. `holder` is what the value is a member of; the
/// root has none.
pub(super) fn converted<'js>(
    ctx: &Ctx<'js>,
    replacer: Option<&Function<'js>>,
    holder: Option<Object<'js>>,
    key: JsString<'js>,
    mut value: Value<'js>,
) -> Result<Value<'js>, Error> {
    let to_json: Option<Value<'js>> = match value.as_object() {
        Some(object) => Some(object.get("toJSON")?),
        None if value.is_big_int() => Some(Realm::with(ctx, |realm| realm.bigint_prototype.get("toJSON"))?),
        None => None,
    };
    if let Some(to_json) = to_json.and_then(Value::into_function) {
        value = to_json.call((This(value), key.clone()))?;
    }
    if let Some(replacer) = replacer {
        let holder = match holder {
            Some(holder) => holder,
            None => {
                let holder = Object::new(ctx.clone())?;
                define(&holder, "", value.clone())?;
                holder
            }
        };
        value = replacer.call((This(holder), key, value))?;
    }
    if value.is_object() { unboxed(ctx, value) } else { Ok(value) }
}

fn unboxed<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Value<'js>, Error> {
    let class = class_of(&value);
    let Classes { number, string, boolean, bigint, .. } = Realm::with(ctx, |realm| Ok(realm.classes))?;
    if class == number {
        let number = Coerced::<f64>::from_js(ctx, value)?.0;
        return Ok(Value::new_number(ctx.clone(), number));
    }
    if class == string {
        return Ok(Coerced::<JsString<'js>>::from_js(ctx, value)?.0.into_value());
    }
    if class == boolean || class == bigint {
        return Realm::with(ctx, |realm| realm.unboxed(&value));
    }
    Ok(value)
}
