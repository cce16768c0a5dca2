//! Takes away what a script must not have.

use rquickjs::{Array, Ctx, Error, Function, Object, Value};

use crate::engine::{How, compile};
use crate::realm::{define_hidden, throw_type_error};

/// Names of the global object that are of no use without a host, or would tell runs apart.
const REMOVED: [&str; 4] = ["Atomics", "SharedArrayBuffer", "navigator", "gc"];

/// One function of every kind: their prototypes lead to the constructors that compile code.
const ONE_OF_EACH: &str = "[function () {}, async function () {}, function* () {}, async function* () {}]";

/// Leaves the script no way to make code from strings, and none to change how errors record where they are.
pub(crate) fn harden(ctx: &Ctx<'_>) -> Result<(), Error> {
    let globals = ctx.globals();
    for name in REMOVED {
        globals.remove(name)?;
    }
    let function: Object<'_> = globals.get("Function")?;
    let prototype: Object<'_> = function.get("prototype")?;
    let no_function = refusing(ctx, "Function")?;
    no_function.set_constructor(true);
    no_function.prop("prototype", rquickjs::object::Property::from(prototype))?;
    define_hidden(&globals, "Function", no_function.clone())?;
    define_hidden(&globals, "eval", refusing(ctx, "eval")?)?;
    let functions: Array<'_> =
        compile(ctx, ONE_OF_EACH, How { file: "hardening", first_line: 1, top_level_await: false })?
            .run()?
            .into_array()
            .ok_or(Error::Unknown)?;
    for one in functions.iter::<Object<'_>>() {
        if let Some(prototype) = one?.get_prototype() {
            define_hidden(&prototype, "constructor", no_function.clone())?;
        }
    }
    let error: Object<'_> = globals.get("Error")?;
    error.remove("prepareStackTrace")?;
    error.remove("stackTraceLimit")
}

fn refusing<'js>(ctx: &Ctx<'js>, name: &'static str) -> Result<Function<'js>, Error> {
    let refuse = move |ctx: Ctx<'js>| -> Result<Value<'js>, Error> {
        Err(throw_type_error(&ctx, &format!("{name} is not available: code cannot be made from strings")))
    };
    Function::new(ctx.clone(), refuse)?.with_name(name)?.with_length(1)
}
