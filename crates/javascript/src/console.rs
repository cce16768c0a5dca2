//! `console`

use std::rc::Rc;

use rquickjs::function::{Opt, Rest};
use rquickjs::{Ctx, Error, Function, Object, Value};

use crate::inspect;
use crate::log::Log;
use crate::realm::{define, define_hidden};
use crate::run::Run;
use crate::step::LogLevel;

/// The functions that print, and the level of what they print.
const PRINTING: [(&str, LogLevel); 11] = [
    ("log", LogLevel::Log),
    ("info", LogLevel::Info),
    ("warn", LogLevel::Warn),
    ("error", LogLevel::Error),
    ("debug", LogLevel::Debug),
    ("trace", LogLevel::Debug),
    ("dir", LogLevel::Log),
    ("table", LogLevel::Log),
    ("group", LogLevel::Log),
    ("groupCollapsed", LogLevel::Log),
    ("timeLog", LogLevel::Log),
];

/// Functions of other consoles that have nothing to print here.
const SILENT: [&str; 4] = ["groupEnd", "time", "timeEnd", "clear"];

/// What inspecting one argument costs at the least.
const STEPS_PER_LINE: u64 = 64;

/// Puts `console` into the global scope.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, run: &Rc<Run>) -> Result<(), Error> {
    let console = Object::new(ctx.clone())?;
    for (name, level) in PRINTING {
        let run = run.clone();
        let print = move |ctx: Ctx<'js>, values: Rest<Value<'js>>| print(&ctx, &run, level, &values.0);
        define(&console, name, Function::new(ctx.clone(), print)?.with_name(name)?)?;
    }
    for name in SILENT {
        define(&console, name, Function::new(ctx.clone(), || ())?.with_name(name)?)?;
    }
    define(&console, "assert", assert(ctx, run)?)?;
    define_hidden(&ctx.globals(), "console", console)
}

fn assert<'js>(ctx: &Ctx<'js>, run: &Rc<Run>) -> Result<Function<'js>, Error> {
    let run = run.clone();
    let check = move |ctx: Ctx<'js>, holds: Opt<rquickjs::Coerced<bool>>, values: Rest<Value<'js>>| {
        if !holds.0.is_some_and(|holds| holds.0) {
            print(&ctx, &run, LogLevel::Error, &values.0);
        }
    };
    Function::new(ctx.clone(), check)?.with_name("assert")
}

fn print<'js>(ctx: &Ctx<'js>, run: &Run, level: LogLevel, values: &[Value<'js>]) {
    if run.log.borrow().is_full() {
        run.log.borrow_mut().leave_out();
        return;
    }
    let line = inspect::line(ctx, values);
    run.meter.charge(STEPS_PER_LINE + line.len() as u64 / Log::BYTES_PER_STEP);
    run.log.borrow_mut().push(level, line);
}
