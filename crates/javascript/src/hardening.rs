//! Takes away what a script must not have.

use std::cell::Cell;

use rquickjs::{Array, Ctx, Error, Function, Object, Value};

use crate::engine::{How, class_of, compile, prototype_of_class};
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
    for class in function_classes(ctx)? {
        if let Some(prototype) = prototype_of_class(ctx, class).into_object() {
            define_hidden(&prototype, "constructor", no_function.clone())?;
        }
    }
    let error: Object<'_> = globals.get("Error")?;
    error.remove("prepareStackTrace")?;
    error.remove("stackTraceLimit")
}

/// The classes of functions, found once: their numbers are the same in every runtime.
fn function_classes(ctx: &Ctx<'_>) -> Result<[u32; 4], Error> {
    thread_local! {
        static KNOWN: Cell<Option<[u32; 4]>> = const { Cell::new(None) };
    }
    if let Some(known) = KNOWN.get() {
        return Ok(known);
    }
    let functions: Array<'_> =
        compile(ctx, ONE_OF_EACH, How { file: "hardening", first_line: 1, top_level_await: false })?
            .run()?
            .into_array()
            .ok_or(Error::Unknown)?;
    let mut classes = [0; 4];
    for (index, class) in classes.iter_mut().enumerate() {
        *class = class_of(&functions.get::<Value<'_>>(index)?);
    }
    KNOWN.set(Some(classes));
    Ok(classes)
}

fn refusing<'js>(ctx: &Ctx<'js>, name: &'static str) -> Result<Function<'js>, Error> {
    let refuse = move |ctx: Ctx<'js>| -> Result<Value<'js>, Error> {
        Err(throw_type_error(&ctx, &format!("{name} is not available: code cannot be made from strings")))
    };
    Function::new(ctx.clone(), refuse)?.with_name(name)?.with_length(1)
}
