//! The constructor of regular expressions, bounded: compiling one can take the square of its length.

use rquickjs::function::{IntoJsFunc, ParamRequirement, Params};
use rquickjs::object::Property;
use rquickjs::{Array, Coerced, Ctx, Error, FromJs, Function, Object, String as JsString, Symbol, Value};

use crate::engine::class_of;
use crate::guards::admit_pattern;
use crate::realm::{Kept, Realm, define_hidden};

/// Replaces `RegExp`.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<(), Error> {
    let globals = ctx.globals();
    let original: Function<'_> = globals.get("RegExp")?;
    let prototype: Object<'_> = original.get("prototype")?;
    prototype.remove("compile")?;
    let kept = Realm::keep(ctx, original.clone())?;
    let regexp = Function::new(ctx.clone(), Bounded(kept))?.with_name("RegExp")?.with_length(2)?;
    regexp.set_constructor(true);
    regexp.prop("prototype", Property::from(prototype.clone()))?;
    define_hidden(&regexp, "escape", original.get::<_, Value<'_>>("escape")?)?;
    let species = Symbol::species(ctx.clone());
    let getter: Object<'_> = Realm::with(ctx, |realm| realm.descriptor_of.call((original, species.clone())))?;
    let define: Function<'_> = globals.get::<_, Object<'_>>("Reflect")?.get("defineProperty")?;
    define.call::<_, Value<'_>>((regexp.clone(), species, getter))?;
    define_hidden(&prototype, "constructor", regexp.clone())?;
    define_hidden(&globals, "RegExp", regexp)
}

/// `RegExp` with a bound on the length of its source.
struct Bounded(Kept);

impl<'js> IntoJsFunc<'js, ()> for Bounded {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> Result<Value<'js>, Error> {
        let ctx = params.ctx();
        let list = Array::new(ctx.clone())?;
        for (index, argument) in (0..params.len()).filter_map(|index| params.arg(index)).enumerate() {
            let is_pattern = index == 0 && !argument.is_undefined() && !is_regexp(ctx, &argument)?;
            list.set(index, if is_pattern { source(ctx, argument)? } else { argument })?;
        }
        Realm::with(ctx, |realm| {
            let original = realm.kept(self.0)?;
            match params.is_constructor() {
                true => realm.construct.call((original, list, params.this())),
                false => realm.apply.call((original, Value::new_undefined(ctx.clone()), list)),
            }
        })
    }
}

fn is_regexp<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<bool, Error> {
    Realm::with(ctx, |realm| Ok(class_of(value) == realm.classes.regexp))
}

/// The source of a regular expression, as a string of admissible length.
fn source<'js>(ctx: &Ctx<'js>, pattern: Value<'js>) -> Result<Value<'js>, Error> {
    let pattern = Coerced::<JsString<'js>>::from_js(ctx, pattern)?.0.into_value();
    let length: f64 = Realm::with(ctx, |realm| realm.length_of(&pattern))?;
    admit_pattern(ctx, length as u64)?;
    Ok(pattern)
}
