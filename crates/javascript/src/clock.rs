//! `Date` and `Math.random`, from the seed of the run.

use std::cell::Cell;
use std::rc::Rc;

use rquickjs::function::{IntoJsFunc, ParamRequirement, Params, This};
use rquickjs::object::Property;
use rquickjs::{Array, Ctx, Error, Function, Object, Value};

use crate::realm::{Realm, define_hidden};
use crate::run::Run;

/// Replaces everything that reads a clock or draws a number.
pub(crate) fn install(ctx: &Ctx<'_>, run: &Rc<Run>) -> Result<(), Error> {
    let globals = ctx.globals();
    install_date(ctx, &globals, run)?;
    let performance = Object::new(ctx.clone())?;
    let timer = run.clone();
    let now = Function::new(ctx.clone(), move || timer.elapsed_ms.get() as f64)?.with_name("now")?;
    define_hidden(&performance, "now", now)?;
    define_hidden(&performance, "timeOrigin", run.seed.now_ms as f64)?;
    // The original is enumerable, and would stay so.
    globals.remove("performance")?;
    define_hidden(&globals, "performance", performance)?;
    let math: Object<'_> = globals.get("Math")?;
    let state = Cell::new(run.seed.random);
    let random = Function::new(ctx.clone(), move || next_random(&state))?.with_name("random")?;
    define_hidden(&math, "random", random)
}

fn install_date<'js>(ctx: &Ctx<'js>, globals: &Object<'js>, run: &Rc<Run>) -> Result<(), Error> {
    let original: Object<'_> = globals.get("Date")?;
    let prototype: Object<'_> = original.get("prototype")?;
    let date = Function::new(ctx.clone(), DateConstructor(run.clone()))?.with_name("Date")?.with_length(7)?;
    date.set_constructor(true);
    date.prop("prototype", Property::from(prototype.clone()))?;
    for name in ["parse", "UTC"] {
        define_hidden(&date, name, original.get::<_, Value<'_>>(name)?)?;
    }
    let clock = run.clone();
    let now = Function::new(ctx.clone(), move || clock.now_ms() as f64)?.with_name("now")?;
    define_hidden(&date, "now", now)?;
    define_hidden(&prototype, "constructor", date.clone())?;
    define_hidden(globals, "Date", date)
}

/// `Date` with the run's idea of now.
struct DateConstructor(Rc<Run>);

impl<'js> IntoJsFunc<'js, ()> for DateConstructor {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> Result<Value<'js>, Error> {
        let ctx = params.ctx();
        let arguments = Array::new(ctx.clone())?;
        if params.is_empty() || !params.is_constructor() {
            arguments.set(0, self.0.now_ms() as f64)?;
        } else {
            for (index, argument) in (0..params.len()).filter_map(|index| params.arg(index)).enumerate() {
                arguments.set(index, argument)?;
            }
        }
        Realm::with(ctx, |realm| {
            let original = realm.date.clone();
            if params.is_constructor() {
                realm.construct.call((original, arguments, params.this()))
            } else {
                let now: Value<'js> = realm.construct.call((original, arguments))?;
                realm.date_to_string.call((This(now),))
            }
        })
    }
}

/// SplitMix64, and of its result the 53 bits that a number between 0 and 1 can hold.
fn next_random(state: &Cell<u64>) -> f64 {
    let seed = state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    state.set(seed);
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let mixed = mixed ^ (mixed >> 31);
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}
